import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runClient } from '../../../agents/canary/client/client.js';
import { createLedger, type LedgerFile } from '../../../agents/canary/client/ledger-file.js';
import { bodyHashOf, type CanaryClientConfiguration, liveLine } from '../../../agents/contract/canary.js';
import { type Ledger, parseLedger } from '../../../agents/contract/ledger.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { SWITCHING } from '../ward/listening.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const http = (handler: RequestListener) => portOf(createHttpServer(handler));
const tcp = (handler: (socket: Socket) => void) => portOf(createTcpServer(handler));

interface Reported {
  readonly ledger: Ledger;
  readonly lines: readonly string[];
}

async function runAgainst(
  port: number,
  change: Partial<CanaryClientConfiguration> = {},
  forMs = 300,
  address = '127.0.0.1',
): Promise<Reported> {
  const ledgerPath = join(temporaryFolder(), 'deep', 'ledger.jsonl');
  const configuration: CanaryClientConfiguration = {
    schema: 1,
    run: 'r',
    endpoint: 'e131',
    source: '127.0.0.1',
    ledgerPath,
    systems: [{ key: 'portal', address, port, state: 'database', intervalMs: 50 }],
    connectTimeoutMs: 200,
    requestTimeoutMs: 300,
    maxSeconds: 60,
    ...change,
  };
  const ledger = await createLedger(ledgerPath);
  const lines: string[] = [];
  const controller = new AbortController();
  setTimeout(() => controller.abort('test is over'), forMs);
  const world = {
    nowMs: () => performance.timeOrigin + performance.now(),
    random: () => 0,
    print: (line: string) => void lines.push(line),
  };
  await runClient(configuration, ledger, world, controller.signal);
  await ledger.close();
  return { ledger: parseLedger(await readFile(ledgerPath, 'utf8')), lines };
}

const outcomes = ({ ledger }: Reported) => ledger.records.filter(record => record.kind === 'outcome');
const only = (reported: Reported) => [...new Set(outcomes(reported).map(({ outcome, reason }) => `${outcome}: ${reason}`))];

describe('a client', () => {
  test('sends documents that carry their own hash, each on a fresh connection, and records the answers', async () => {
    const bodies: string[] = [];
    const ports = new Set<number | undefined>();
    const port = await http((request, response) => {
      ports.add(request.socket.remotePort);
      request.on('data', part => bodies.push(String(part)));
      response.statusCode = 201;
      response.end(JSON.stringify({ outcome: 'ok', site: 's1', host: 'h', timeline: 1, lsn: '0/1' }));
    });
    const reported = await runAgainst(port);
    expect(outcomes(reported).length).toBeGreaterThan(3);
    expect(only(reported)).toEqual(['ok: undefined']);
    expect(ports.size).toBe(bodies.length);
    expect(JSON.parse(bodies[0] ?? '')).toEqual({
      endpoint: 'e131',
      run: 'r',
      sequence: 1,
      bodyHash: bodyHashOf('e131', 'r', 'portal', 1),
    });
    expect(reported.ledger).toMatchObject({ torn: false, damaged: [], ended: { why: 'test is over', outstanding: 0 } });
  });

  test('prints what the seconds were like', async () => {
    const port = await http((_request, response) => response.end(JSON.stringify({ system: 'video', site: 's2', host: 'h' })));
    const systems = [{ key: 'video', address: '127.0.0.1', port, state: 'none' as const, intervalMs: 50 }];
    const reported = await runAgainst(port, { systems }, 1200);
    const parsed = reported.lines.map(line => liveLine.parse(JSON.parse(line)));
    expect(parsed.length).toBe(2);
    expect(parsed[0]?.systems.video).toMatchObject({ fail: 0, unknown: 0, skipped: 0, site: 's2' });
    expect(parsed[0]?.systems.video?.ok).toBeGreaterThan(10);
  });

  test('a refused connection is a failure: nothing was sent', async () => {
    const server = createTcpServer();
    const port = await portOf(server);
    await new Promise(resolve => server.close(resolve));
    expect(only(await runAgainst(port))).toEqual([`fail: connect ECONNREFUSED 127.0.0.1:${port}`]);
  });

  test('no answer is unknown', async () => {
    const port = await tcp(() => undefined);
    expect(only(await runAgainst(port))).toEqual(['unknown: no answer in time']);
  });

  test('another protocol instead of an answer is unknown', async () => {
    const port = await tcp(socket => void socket.once('data', () => socket.write(SWITCHING)));
    expect(only(await runAgainst(port))).toEqual(['unknown: status 101']);
  });

  test('an answer without end is unknown, and is not read to its end', async () => {
    const port = await http((_request, response) => {
      const more = (): void => void (response.writable && response.write('x'.repeat(65_536), more));
      response.on('error', () => undefined);
      more();
    });
    const [reason] = only(await runAgainst(port, { requestTimeoutMs: 30_000 }));
    expect(reason).toBe("unknown: HTTP 200 that is not the canary's");
  });

  test('half an answer is unknown', async () => {
    const port = await tcp(socket => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"outcome":"ok"'));
    });
    const reported = await runAgainst(port);
    expect(outcomes(reported).length).toBeGreaterThan(3);
    expect(outcomes(reported).every(({ outcome }) => outcome === 'unknown')).toBe(true);
  });

  test('a connection that breaks is unknown', async () => {
    const port = await tcp(socket => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    });
    expect(outcomes(await runAgainst(port)).every(({ outcome }) => outcome === 'unknown')).toBe(true);
  });

  test('every intent has its outcome, and stands before it', async () => {
    const port = await tcp(socket => void setTimeout(() => socket.destroy(), 100));
    const { ledger } = await runAgainst(port);
    const intents = ledger.records.filter(record => record.kind === 'intent').map(({ sequence }) => sequence);
    const ends = ledger.records.filter(record => record.kind === 'outcome');
    expect(ends.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(intents);
    for (const { sequence } of ends) {
      const at = (kind: string) =>
        ledger.records.findIndex(record => record.kind === kind && 'sequence' in record && record.sequence === sequence);
      expect(at('intent')).toBeLessThan(at('outcome'));
    }
  });

  test('past the bound of outstanding requests it records what it did not send', async () => {
    const port = await tcp(() => undefined);
    const systems = [{ key: 'portal', address: '127.0.0.1', port, state: 'database' as const, intervalMs: 10 }];
    const { ledger } = await runAgainst(port, { systems, requestTimeoutMs: 3000 }, 1700);
    const skipped = ledger.records.filter(record => record.kind === 'skipped');
    expect(skipped.length).toBeGreaterThan(10);
    expect(skipped[0]?.reason).toBe('128 requests are outstanding');
    expect(ledger.records.filter(record => record.kind === 'intent')).toHaveLength(128);
  }, 10_000);

  test('without its ledger it sends nothing', async () => {
    let asked = 0;
    const port = await http((_request, response) => {
      asked++;
      response.end();
    });
    const broken: LedgerFile = {
      append: async record => (record.kind === 'intent' ? Promise.reject(new Error('disk full')) : undefined),
      close: async () => undefined,
    };
    const configuration: CanaryClientConfiguration = {
      schema: 1,
      run: 'r',
      endpoint: 'e1',
      source: '127.0.0.1',
      ledgerPath: '/x',
      connectTimeoutMs: 100,
      requestTimeoutMs: 100,
      maxSeconds: 1,
      systems: [{ key: 'portal', address: '127.0.0.1', port, state: 'database', intervalMs: 50 }],
    };
    const run = runClient(
      configuration,
      broken,
      { nowMs: () => performance.now(), random: () => 0, print: () => undefined },
      new AbortController().signal,
    );
    await expect(run).rejects.toThrow('disk full');
    expect(asked).toBe(0);
  });
});

test('a ledger belongs to one run', async () => {
  const path = join(temporaryFolder(), 'ledger.jsonl');
  await (await createLedger(path)).close();
  await expect(createLedger(path)).rejects.toThrow('EEXIST');
});
