/** Whatever reaches a program of ours over the network, it is distinguished from what was expected: no crash, no hang, no growth. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyRequest } from '../../agents/canary/client/classify.js';
import type { Documents } from '../../agents/canary/server/documents.js';
import { canaryServer } from '../../agents/canary/server/http.js';
import { instruments } from '../../agents/canary/server/instruments.js';
import { bodyHashOf, writeAnswer } from '../../agents/contract/canary.js';
import { exchange } from '../../agents/contract/exchange.js';
import { parseLedger } from '../../agents/contract/ledger.js';
import { parseWebhook } from '../../agents/contract/notices.js';
import { decodeReply, decodeRequest } from '../../agents/contract/reflector.js';
import { parseSentinel } from '../../agents/contract/sentinel.js';
import { parseForks, positionOf } from '../../runbooks/judge/timelines.js';
import { cases } from '../nightly.js';
import { closing, tcp } from './ward/listening.js';

const RUNS = { numRuns: cases(2000, 100_000) };
/** Through a real socket a case takes a millisecond. */
const OVER_SOCKETS = { numRuns: cases(200, 10_000) };

/** Bytes near what is right: a piece replaced, taken out, doubled or cut off. */
const near = (right: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(right.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 20 }), fc.boolean())
    .map(([at, length, piece, cut]) => `${right.slice(0, at)}${piece}${cut ? '' : right.slice(at + length)}`);
const textsLike = (right: string): fc.Arbitrary<string> => fc.oneof(near(right), fc.string({ unit: 'binary' }), fc.json());

/** A parser, its name, and a text that it takes. */
type Parser = readonly [string, string, (text: string) => unknown];

const DOCUMENT = JSON.stringify({ endpoint: 'e131', run: 'r', sequence: 1, bodyHash: bodyHashOf('e131', 'r', 'portal', 1) });
const ANSWER = JSON.stringify({ outcome: 'ok', site: 's1', host: 's1-application1', timeline: 2, lsn: '0/3000148' });
const WEBHOOK = JSON.stringify({
  status: 'firing',
  alerts: [{ status: 'firing', labels: { alertname: 'EndpointDown' }, annotations: {}, startsAt: 'x', endsAt: 'y' }],
});
const LEDGER = `${JSON.stringify({ schema: 1, kind: 'opened', run: 'r', endpoint: 'e1', atMs: 1, intervalMs: {} })}\n`;
const HISTORY = '[[1, 67108864, "no recovery target specified", "2026-11-23T08:00:00+00:00", "s2-database1"]]';

describe('a parser of what others send never throws', () => {
  test('datagrams', () =>
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ minLength: 32, maxLength: 32 })), bytes => {
        decodeRequest(bytes);
        decodeReply(bytes);
      }),
      RUNS,
    ));

  const PARSERS: readonly Parser[] = [
    ['webhooks', WEBHOOK, parseWebhook],
    ['ledgers', LEDGER, parseLedger],
    ["a sentinel's lines", '{"atMs":1,"lateMs":2}\n', parseSentinel],
    ["Patroni's history", HISTORY, parseForks],
    ['answers to a write', ANSWER, body => classifyRequest({ key: 'portal', state: 'database' }, { at: 'answered', status: 201, body })],
    ['answers to an echo', ANSWER, body => classifyRequest({ key: 'video', state: 'none' }, { at: 'answered', status: 200, body })],
  ];
  test.each(PARSERS)('%s', (_, right, parse) =>
    fc.assert(
      fc.property(textsLike(right), text => void parse(text)),
      RUNS,
    ),
  );

  test('a position that an answer may have can be counted with', () =>
    fc.assert(
      fc.property(near('0/3000148'), lsn => {
        if (writeAnswer.safeParse({ ...JSON.parse(ANSWER), lsn }).success) positionOf(lsn);
      }),
      RUNS,
    ));
  test('a position that is none is no answer', () =>
    expect(writeAnswer.safeParse({ ...JSON.parse(ANSWER), lsn: '0/zz' }).success).toBe(false));
});

describe('over a socket', () => {
  test('the canary answers every raw request or closes, and continues', async () => {
    const documents: Documents = {
      write: async () => ({ outcome: 'ok', timeline: 1, lsn: '0/1' }),
      list: async () => ({ timeline: 1, documents: [] }),
      ready: async () => undefined,
    };
    const served = { system: { key: 'portal', port: 0, state: 'database' as const }, site: 's1', host: 'h', documents };
    const server = canaryServer(served, instruments('portal'));
    closing(() => server.close().closeAllConnections());
    const port = await new Promise<number>(resolve =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const request = (body: string) => ({
      host: '127.0.0.1',
      port,
      path: '/documents',
      method: 'POST',
      agent: false as const,
      headers: { 'content-length': Buffer.byteLength(body) },
    });
    await fc.assert(
      fc.asyncProperty(textsLike(DOCUMENT), async body => {
        const exchanged = await exchange({ to: request(body), body, mostBytes: 65_536, limits: { answerMs: 5000 } });
        expect(exchanged).toMatchObject({ at: 'answered', whole: true });
      }),
      OVER_SOCKETS,
    );
  });

  test('whatever a peer answers, a question ends in time and leaves nothing open', async () => {
    let said = '';
    const server = await tcp(socket => socket.once('data', () => socket.end(said)));
    const to = { host: '127.0.0.1', port: server.port, agent: false as const };
    await fc.assert(
      fc.asyncProperty(textsLike('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nok'), async text => {
        said = text;
        const exchanged = await exchange({ to, mostBytes: 1000, limits: { connectMs: 5000, answerMs: 5000 } });
        expect(['answered', 'waiting']).toContain(exchanged.at);
        if (exchanged.at === 'waiting') expect(exchanged.reason).not.toBe('no answer in time');
      }),
      OVER_SOCKETS,
    );
    await expect.poll(() => new Promise<number>(resolve => server.getConnections((_, count) => resolve(count)))).toBe(0);
  });
});
