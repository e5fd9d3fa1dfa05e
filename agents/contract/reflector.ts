/** The reflector at each site, and the datagrams by which an office measures its path there. STAMP (RFC 8762) may follow. */

import * as z from 'zod/mini';
import { port, siteName } from './configuration.js';
import { type Parsed, parseJson } from './json.js';

const fields = z.strictObject({ schema: z.literal(1), site: siteName, listen: z.ipv4(), port });
export type ReflectorConfiguration = z.output<typeof fields>;
export const parseReflectorConfiguration = (text: string): Parsed<ReflectorConfiguration> => parseJson(fields, text);

/** A request is as long as its answer, so that a reflector cannot be used to multiply traffic. */
export const DATAGRAM_BYTES = 32;
const MAGIC = 0x43444331; // "CDC1": a changed format changes it

export interface PathRequest {
  /** Chosen by the sender at each of its starts: answers to an earlier life are no answers. */
  readonly session: number;
  readonly sequence: number;
}
export interface PathReply extends PathRequest {
  /** The reflector's wall clock when it answered, Unix time. */
  readonly reflectedAtMs: number;
}

export const encodeRequest = (request: PathRequest): Buffer => encode(request, 0);
export const encodeReply = (request: PathRequest, reflectedAtMs: number): Buffer => encode(request, reflectedAtMs);

/** The request in a datagram; undefined for whatever is none, answers included. */
export function decodeRequest(datagram: Uint8Array): PathRequest | undefined {
  const { reflectedAtMs, ...request } = decode(datagram) ?? { reflectedAtMs: 1 };
  return reflectedAtMs === 0 ? (request as PathRequest) : undefined;
}

/** The answer in a datagram; undefined for whatever is none. */
export function decodeReply(datagram: Uint8Array): PathReply | undefined {
  const reply = decode(datagram);
  return reply === undefined || reply.reflectedAtMs === 0 ? undefined : reply;
}

function encode({ session, sequence }: PathRequest, reflectedAtMs: number): Buffer {
  const datagram = Buffer.alloc(DATAGRAM_BYTES);
  datagram.writeUInt32BE(MAGIC, 0);
  datagram.writeUInt32BE(session, 4);
  datagram.writeUInt32BE(sequence, 8);
  datagram.writeDoubleBE(reflectedAtMs, 16);
  return datagram;
}

function decode(datagram: Uint8Array): PathReply | undefined {
  if (datagram.length !== DATAGRAM_BYTES) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.getUint32(0) !== MAGIC) return undefined;
  const reflectedAtMs = view.getFloat64(16);
  return Number.isFinite(reflectedAtMs) ? { session: view.getUint32(4), sequence: view.getUint32(8), reflectedAtMs } : undefined;
}
