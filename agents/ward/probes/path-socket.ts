/** The one UDP socket that all paths are measured through: its port stays, so that a path with several ways keeps to one of them. */

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { decodeReply, encodeRequest } from '../../contract/reflector.js';
import type { Echo } from './burst.js';
import type { SocketAddress } from './probe.js';

/** The datagrams of one burst. */
interface Flight {
  send(): void;
  /** Those that came back so far, each once. */
  readonly answers: readonly Echo[];
  /** Settled when all that are expected came back. */
  readonly complete: Promise<void>;
  /** What comes back later is dropped. */
  end(): void;
}
export interface PathSocket {
  open(to: SocketAddress, expected: number): Flight;
  close(): void;
}

interface Waiting {
  readonly to: SocketAddress;
  readonly sentAtMs: number;
  answered(answer: Echo): void;
}

/** A socket that is opened when it is first needed, and again after an error: the office's address may come later than the agent. */
export function pathSocket(source: string, wallMs: () => number): PathSocket {
  const session = Math.floor(Math.random() * 2 ** 32);
  const waiting = new Map<number, Waiting>();
  let sequence = 0;
  let socket: Socket | undefined;
  let closed = false;

  const drop = (): void => {
    socket?.close();
    socket = undefined;
  };
  const ready = (): Socket => {
    socket ??= boundTo(source, receive, drop);
    return socket;
  };
  const receive = (datagram: Buffer, from: RemoteInfo): void => {
    const atMs = performance.now();
    const reply = decodeReply(datagram);
    const asked = reply?.session === session ? waiting.get(reply.sequence) : undefined;
    if (reply === undefined || asked === undefined || !isFrom(asked.to, from)) return;
    waiting.delete(reply.sequence);
    const roundTripMs = atMs - asked.sentAtMs;
    asked.answered({ ...reply, sentAtMs: asked.sentAtMs, roundTripMs, localMidpointMs: wallMs() - roundTripMs / 2 });
  };
  const send = (to: SocketAddress, answered: Waiting['answered']): number => {
    sequence = (sequence + 1) % 2 ** 32;
    waiting.set(sequence, { to, sentAtMs: performance.now(), answered });
    // What could not be sent does not come back: it counts as lost.
    if (!closed) ready().send(encodeRequest({ session, sequence }), to.port, to.address, () => undefined);
    return sequence;
  };
  const forget = (sequences: readonly number[]): void => {
    for (const each of sequences) waiting.delete(each);
  };
  const close = (): void => {
    closed = true; // a burst that is under way must not open it again
    drop();
  };
  return { open: (to, expected) => flight(answered => send(to, answered), forget, expected), close };
}

function boundTo(source: string, receive: (datagram: Buffer, from: RemoteInfo) => void, drop: () => void): Socket {
  // Addresses are numbers here: asking the resolver's code for each datagram would be the dearest part of sending it.
  const socket = createSocket({ type: 'udp4', lookup: (address, _, found) => found(null, address, 4) });
  socket.on('message', receive);
  socket.on('error', drop);
  socket.bind(0, source);
  return socket;
}

const isFrom = (to: SocketAddress, from: RemoteInfo): boolean => from.address === to.address && from.port === to.port;

function flight(send: (answered: Waiting['answered']) => number, forget: (sequences: readonly number[]) => void, expected: number): Flight {
  const answers: Echo[] = [];
  const sequences: number[] = [];
  let allAreIn = (): void => undefined;
  const complete = new Promise<void>(resolve => {
    allAreIn = resolve;
  });
  const answered = (answer: Echo): void => {
    answers.push(answer);
    if (answers.length === expected) allAreIn();
  };
  return { send: () => void sequences.push(send(answered)), answers, complete, end: () => forget(sequences) };
}
