/** Tries one connection, and reports whether the destination itself answered. */

import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Attempt, AttemptOutcome } from '../contract/prober.js';
import { encodeRequest } from '../contract/reflector.js';

export function attempt(what: Attempt, timeoutMs: number): Promise<AttemptOutcome> {
  switch (what.protocol) {
    case 'tcp':
      return tcp(what, timeoutMs);
    case 'udp':
      return udp(what, timeoutMs);
    case 'icmp':
      return icmp(what, timeoutMs);
  }
}

const NO_ANSWER: AttemptOutcome = { reached: 'silent', by: 'no answer' };
/** What never left: the address is not ours, or there is no room. */
const NOT_SENT = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'EMFILE', 'ENOBUFS', 'EINVAL', 'EAFNOSUPPORT']);

/** A refusal comes from the destination: no filter on the way refuses, all of them drop. */
function fromError(code: string | undefined): AttemptOutcome {
  const by = code ?? 'error';
  if (by === 'ECONNREFUSED' || by === 'ECONNRESET') return { reached: 'reached', by };
  return { reached: NOT_SENT.has(by) ? 'untried' : 'silent', by };
}

const tcp = ({ source, destination, port }: Attempt, timeoutMs: number): Promise<AttemptOutcome> =>
  new Promise(resolve => {
    const socket = connect({ host: destination, port, localAddress: source });
    const end = (outcome: AttemptOutcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => end(NO_ANSWER), timeoutMs);
    socket.once('connect', () => end({ reached: 'reached', by: 'connected' }));
    socket.on('error', (error: NodeJS.ErrnoException) => end(fromError(error.code)));
  });

/** What listeners understand, by port: without it they say nothing. */
const WORDS: Readonly<Record<number, Uint8Array>> = {
  8862: encodeRequest({ session: 1, sequence: 1 }),
  // A ping of Alertmanager's gossip to its receiver: message type 0, then {SeqNo: 1, Node: ''} in MessagePack.
  9094: Buffer.concat([
    Buffer.from([0, 0x82, 0xa5]),
    Buffer.from('SeqNo'),
    Buffer.from([1, 0xa4]),
    Buffer.from('Node'),
    Buffer.from([0xa0]),
  ]),
};
const ANYTHING = Buffer.from('citydc');

const udp = ({ source, destination, port }: Attempt, timeoutMs: number): Promise<AttemptOutcome> =>
  new Promise(resolve => {
    const socket = createSocket(source.includes(':') ? 'udp6' : 'udp4');
    let ended = false;
    const end = (outcome: AttemptOutcome) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      socket.close();
      resolve(outcome);
    };
    const timer = setTimeout(() => end(NO_ANSWER), timeoutMs);
    socket.on('error', (error: NodeJS.ErrnoException) => end(fromError(error.code)));
    socket.on('message', () => end({ reached: 'reached', by: 'answered' }));
    // Connected, so that the kernel hands on that a port is closed there.
    socket.bind({ address: source, exclusive: true }, () =>
      socket.connect(port, destination, (error?: Error) => {
        if (error !== undefined && error !== null) return end(fromError((error as NodeJS.ErrnoException).code));
        socket.send(WORDS[port] ?? ANYTHING, failed => {
          if (failed !== null) end(fromError((failed as NodeJS.ErrnoException).code));
        });
      }),
    );
  });

const icmp = ({ source, destination }: Attempt, timeoutMs: number): Promise<AttemptOutcome> =>
  new Promise(resolve => {
    const seconds = `${Math.max(1, Math.ceil(timeoutMs / 1000))}`;
    execFile('ping', ['-n', '-q', '-c', '1', '-W', seconds, '-I', source, destination], (error, _stdout, stderr) => {
      if (error === null) return resolve({ reached: 'reached', by: 'answered' });
      const untried = typeof error.code === 'string' || /bind|unknown host|usage/i.test(stderr);
      resolve(untried ? { reached: 'untried', by: stderr.trim() || String(error.code) } : NO_ANSWER);
    });
  });
