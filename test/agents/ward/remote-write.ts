/** A receiver of remote write 1.0 for tests: takes bodies apart as Prometheus would. */

import type { IncomingMessage } from 'node:http';
import { PbfReader } from 'pbf';
import { uncompress } from 'snappyjs';
import { http } from './listening.js';

export interface ReceivedSample {
  readonly name: string;
  /** In the order of the message, `__name__` included. */
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
  readonly stale: boolean;
  readonly timestampMs: number;
}
interface ReceivedPush {
  readonly headers: IncomingMessage['headers'];
  readonly samples: readonly ReceivedSample[];
}

/** The bits of Prometheus's stale marker. */
const STALE_NAN = 0x7ff0000000000002n;

export function decodeWriteRequest(body: Uint8Array): readonly ReceivedSample[] {
  const samples: ReceivedSample[] = [];
  new PbfReader(uncompress(body)).readFields((tag, into, pbf) => {
    if (tag === 1) into.push(readSeries(pbf));
  }, samples);
  return samples;
}

function readSeries(pbf: PbfReader): ReceivedSample {
  const labels: [string, string][] = [];
  const sample = { bits: 0n, timestampMs: 0 };
  pbf.readMessage((tag, _, inner) => {
    if (tag === 1) labels.push(readLabel(inner));
    else if (tag === 2) readSample(inner, sample);
  }, undefined);
  const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
  return { name, labels, value: doubleOf(sample.bits), stale: sample.bits === STALE_NAN, timestampMs: sample.timestampMs };
}

const readLabel = (pbf: PbfReader): [string, string] =>
  pbf.readMessage(
    (tag, label, inner) => {
      label[tag - 1] = inner.readString();
    },
    ['', ''] as [string, string],
  );

function readSample(pbf: PbfReader, into: { bits: bigint; timestampMs: number }): void {
  pbf.readMessage((tag, sample, inner) => {
    if (tag === 2) sample.timestampMs = inner.readVarint(true);
    else sample.bits = BigInt(inner.readFixed32()) | (BigInt(inner.readFixed32()) << 32n);
  }, into);
}

function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

export interface FakeReceiver {
  readonly url: string;
  readonly port: number;
  readonly pushes: readonly ReceivedPush[];
  /** What it answers from now on; 204 at first. */
  answer(status: number, body?: string): void;
  close(): Promise<unknown>;
}

export async function fakeReceiver(port = 0): Promise<FakeReceiver> {
  const pushes: ReceivedPush[] = [];
  const answer = { status: 204, body: '' };
  const server = await http(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    pushes.push({ headers: request.headers, samples: decodeWriteRequest(Buffer.concat(parts)) });
    response.writeHead(answer.status).end(answer.body);
  }, port);
  return {
    url: `http://127.0.0.1:${server.port}/api/v1/write`,
    port: server.port,
    pushes,
    answer: (status, body = '') => Object.assign(answer, { status, body }),
    close: () => new Promise(resolve => server.close(resolve).closeAllConnections()),
  };
}
