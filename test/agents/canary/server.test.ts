import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Documents, WriteResult } from '../../../agents/canary/server/documents.js';
import { canaryServer } from '../../../agents/canary/server/http.js';
import { instruments } from '../../../agents/canary/server/instruments.js';
import { bodyHashOf } from '../../../agents/contract/canary.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const documentsThat = (write: () => Promise<WriteResult>, change: Partial<Documents> = {}): Documents => ({
  write,
  list: async () => ({ timeline: 2, documents: [{ sequence: 1, bodyHash: 'x' }] }),
  ready: async () => undefined,
  ...change,
});

async function serve(documents: Documents | undefined): Promise<string> {
  const state = documents === undefined ? 'none' : 'database';
  const server = canaryServer(
    { system: { key: 'portal', port: 0, state }, site: 's1', host: 's1-application1', documents },
    instruments('portal'),
  );
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const document = { endpoint: 'e131', run: 'r', sequence: 1, bodyHash: bodyHashOf('e131', 'r', 'portal', 1) };
const post = (base: string, body: unknown = document) => fetch(`${base}/documents`, { method: 'POST', body: JSON.stringify(body) });
const read = async (response: Response) => ({ status: response.status, body: await response.json() });

describe('POST /documents', () => {
  test.each([
    [{ outcome: 'ok', timeline: 1, lsn: '0/1' }, 201],
    [{ outcome: 'unknown', reason: 'a warning' }, 202],
    [{ outcome: 'fail', reason: 'no writer' }, 503],
  ] as const)('%o answers %i', async (result, status) => {
    const base = await serve(documentsThat(async () => result));
    expect(await read(await post(base))).toEqual({ status, body: { site: 's1', host: 's1-application1', ...result } });
  });

  test('what is no document is refused, with what is wrong', async () => {
    const base = await serve(documentsThat(async () => ({ outcome: 'ok' })));
    expect(await read(await post(base, { ...document, sequence: 0 }))).toMatchObject({
      status: 400,
      body: { outcome: 'fail', reason: 'sequence: Too small: expected number to be >=1' },
    });
  });

  test('past the bound of waiting requests it refuses at once', async () => {
    let release = (): void => undefined;
    const blocked = new Promise<WriteResult>(resolve => {
      release = () => resolve({ outcome: 'unknown' });
    });
    const base = await serve(documentsThat(() => blocked));
    const waiting = Array.from({ length: 48 }, () => post(base));
    await expect.poll(async () => (await post(base)).status).toBe(503);
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array.from({ length: 48 }, () => 202));
  });
});

test('GET /documents lists, and wants to know whose', async () => {
  const base = await serve(documentsThat(async () => ({ outcome: 'ok' })));
  expect(await read(await fetch(`${base}/documents?endpoint=e131&run=r`))).toMatchObject({
    status: 200,
    body: { system: 'portal', timeline: 2 },
  });
  expect((await fetch(`${base}/documents`)).status).toBe(400);
});

test('a system without a database echoes, is ready and keeps no documents', async () => {
  const base = await serve(undefined);
  expect(await read(await fetch(`${base}/echo`))).toEqual({ status: 200, body: { system: 'portal', site: 's1', host: 's1-application1' } });
  expect((await fetch(`${base}/ready`)).status).toBe(200);
  expect((await post(base)).status).toBe(404);
});

test('health is shallow, readiness is deep', async () => {
  const ready = async () => Promise.reject(new Error('the database reached is a standby'));
  const base = await serve(documentsThat(async () => ({ outcome: 'ok' }), { ready }));
  expect((await fetch(`${base}/health`)).status).toBe(200);
  expect(await read(await fetch(`${base}/ready`))).toMatchObject({
    status: 503,
    body: { site: 's1', ready: false, reason: 'the database reached is a standby' },
  });
});

test('metrics count transactions by outcome, not health checks', async () => {
  const base = await serve(documentsThat(async () => ({ outcome: 'unknown' })));
  await post(base);
  await fetch(`${base}/health`);
  const text = await (await fetch(`${base}/metrics`)).text();
  expect(text).toContain('citydc_canary_requests_total{system="portal",outcome="unknown"} 1');
  expect(text).toContain('citydc_canary_request_duration_seconds_count{system="portal"} 1');
});
