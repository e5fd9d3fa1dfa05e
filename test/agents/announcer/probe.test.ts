import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { edgeProbe, quorumProbe } from '../../../agents/announcer/probe.js';
import { type SelfSigned, selfSigned } from '../../self-signed.js';
import { SWITCHING, tcp } from '../ward/listening.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const listen = (handler: RequestListener): Promise<{ server: Server; port: number }> =>
  new Promise(resolve => {
    const server = createServer(handler);
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port }));
  });

const switching = async (): Promise<number> => {
  const { port } = await tcp(socket => socket.once('data', () => socket.write(SWITCHING)));
  return port;
};

describe('an edge', () => {
  test('names the systems that have an application host, over one kept connection', async () => {
    const { server, port } = await listen((request, response) => {
      response.statusCode = request.url === '/portal' ? 200 : 503;
      response.end();
    });
    let connections = 0;
    server.on('connection', () => connections++);
    const probe = edgeProbe({ address: { v4: '127.0.0.1', v6: '::1' }, healthPort: port });
    expect(await probe.ask(['portal', 'video'])).toEqual(new Set(['portal']));
    expect(await probe.ask(['portal', 'video'])).toEqual(new Set(['portal']));
    expect(connections).toBe(1);
  });

  test('that refuses has none', async () => {
    const { server, port } = await listen(() => undefined);
    await new Promise(resolve => server.close(resolve));
    expect(await edgeProbe({ address: { v4: '127.0.0.1', v6: '::1' }, healthPort: port }).ask(['portal'])).toEqual(new Set());
  });

  test('that switches protocols instead of answering has none', async () => {
    const port = await switching();
    expect(await edgeProbe({ address: { v4: '127.0.0.1', v6: '::1' }, healthPort: port }).ask(['portal'])).toEqual(new Set());
  });

  test('whose answer is no line has none', async () => {
    const { port } = await listen((_request, response) => response.end('x'.repeat(1_000_000)));
    expect(await edgeProbe({ address: { v4: '127.0.0.1', v6: '::1' }, healthPort: port }).ask(['portal'])).toEqual(new Set());
  });

  test('that hangs costs one second for all systems together', async () => {
    const { port } = await listen(() => undefined);
    const started = performance.now();
    expect(await edgeProbe({ address: { v4: '127.0.0.1', v6: '::1' }, healthPort: port }).ask(['a', 'b', 'c'])).toEqual(new Set());
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('quorum', () => {
  let own: SelfSigned;
  let stranger: SelfSigned;
  beforeAll(async () => {
    [own, stranger] = await Promise.all([selfSigned('localhost'), selfSigned('localhost')]);
  });
  /** As etcd: it answers who has the one certificate that it knows. */
  const member = (handler: RequestListener): Promise<string> =>
    new Promise(resolve => {
      const options = { cert: own.certificate, key: own.key, ca: own.certificate, requestCert: true, rejectUnauthorized: true };
      const server = createSecureServer(options, handler);
      servers.push(server as unknown as Server);
      server.listen(0, '127.0.0.1', () => resolve(`https://localhost:${(server.address() as AddressInfo).port}`));
    });
  const health = (body: string, status = 200) =>
    member((_request, response) => {
      response.statusCode = status;
      response.end(body);
    });
  const probe = (members: readonly string[], { certificate, key }: SelfSigned = own) =>
    quorumProbe({ members, source: '127.0.0.1', identity: { ca: own.certificate, cert: certificate, key } })();

  test('is one member that says so', async () =>
    expect(await probe([await health('{"health":"false"}', 503), await health('{"health":"true"}')])).toBe(true));
  test('is absent when none does', async () => expect(await probe([await health('{"health":"false"}', 503)])).toBe(false));
  test('is absent when the answer is not etcd’s', async () => expect(await probe([await health('hello')])).toBe(false));
  test('is absent when the member switches protocols', async () => {
    const url = await member(() => undefined);
    servers.at(-1)?.prependListener('request', (_request, response) => response.socket?.end(SWITCHING));
    expect(await probe([url])).toBe(false);
  });
  test('is absent when no member answers', async () => expect(await probe(['https://127.0.0.1:1'])).toBe(false));
  test('is absent when the member takes this router for a stranger', async () =>
    expect(await probe([await health('{"health":"true"}')], stranger)).toBe(false));
});
