/** The relay before a monitor's programs, with programs that behave as they should, and as they should not. */

import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type RequestOptions, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { grantAccess, readAccess, withToken } from '../../../infra/lab/keeper/access.js';
import type { PageProgram } from '../../../infra/lab/keeper/gate.js';
import { pageRelay } from '../../../infra/lab/keeper/relay.js';
import { SWITCHING, tcp } from '../../agents/ward/listening.js';
import { temporaryFolder } from '../../temporary-folder.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
const listen = (server: Server): Promise<number> =>
  new Promise(resolve => {
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const access = join(temporaryFolder(), 'page-access.json');
let cookie = '';
beforeAll(async () => {
  await grantAccess(access, false);
  cookie = `citydc=${(await readAccess(access))?.token}`;
});

const LIMITS = { mostConnections: 8, knockMs: 300, visitMs: 60_000, exchangeMs: 500, mostAskedBytes: 1000 };

/** A page before a program that listens on a port. @returns the page's own port */
async function pageBefore(port: number, program: PageProgram = 'Prometheus'): Promise<number> {
  const receive = pageRelay(LIMITS);
  const offered = createServer(client => {
    const offeredOn = (offered.address() as AddressInfo).port;
    receive({ program, address: '127.0.0.1', port, offeredOn, access }, client);
  });
  return listen(offered);
}
const pageOf = async (program: RequestListener) => pageBefore(await listen(createHttpServer(program)));

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
const ask = (port: number, options: RequestOptions = {}, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent: false, headers: { cookie }, ...options });
    asked.on('error', reject);
    asked.on('response', response => {
      let text = '';
      response.on('data', part => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    asked.end(body);
  });

test('the printed address lets a browser in by a cookie that no script and no other site has', async () => {
  const port = await pageOf((_request, response) => response.end('page'));
  const known = await readAccess(access);
  const url = withToken(
    { name: 'Prometheus', host: 's1-monitor1', url: `http://127.0.0.1:${port}/` },
    known as NonNullable<typeof known>,
  ).url;
  const entered = await ask(port, { path: url.slice(url.indexOf('/', 7)), headers: {} });
  expect(entered).toMatchObject({ status: 303, headers: { location: '/' } });
  expect(entered.headers['set-cookie']).toEqual([`${cookie}; HttpOnly; SameSite=Strict; Path=/`]);
  expect(await ask(port)).toMatchObject({ status: 200, body: 'page' });
  expect(await ask(port, { headers: {} })).toMatchObject({ status: 401, body: expect.stringMatching(/^no token: .+\n$/) });
});

test('what a program allows other origins is not let through, and it learns no cookie', async () => {
  let seen: IncomingMessage['headers'] = {};
  const port = await pageOf((incoming, response) => {
    seen = incoming.headers;
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST', 'set-cookie': 'a=b' };
    response.writeHead(200, { ...open, 'content-type': 'application/json' }).end('{}');
  });
  const { headers } = await ask(port, { headers: { cookie, accept: 'application/json', 'x-forwarded-for': 'evil' } });
  expect(Object.keys(headers).filter(name => name.startsWith('access-control') || name === 'set-cookie')).toEqual([]);
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' });
  expect(seen).toMatchObject({ accept: 'application/json' });
  expect(Object.keys(seen)).not.toContain('cookie');
  expect(Object.keys(seen)).not.toContain('x-forwarded-for');
});

test('whether pages may be written is known at the next request', async () => {
  let made = 0;
  const inner = await listen(createHttpServer((_request, response) => response.end(String(++made))));
  const port = await pageBefore(inner, 'Alertmanager');
  const silence = () => ask(port, { method: 'POST', path: '/api/v2/silences' }, '{}');
  expect(await silence()).toMatchObject({ status: 405, body: expect.stringContaining('citydc up --writable-pages') });
  await grantAccess(access, true);
  expect(await silence()).toMatchObject({ status: 200 });
  await grantAccess(access, false);
  expect(await silence()).toMatchObject({ status: 405 });
  expect(made).toBe(1);
});

test('a foreign page reaches no program: neither the receiver by a plain POST nor a silence with its preflight', async () => {
  let reached = 0;
  const inner = await listen(createHttpServer((_request, response) => response.end(String(++reached))));
  const [prometheus, alertmanager] = [await pageBefore(inner), await pageBefore(inner, 'Alertmanager')];
  const foreign = { cookie, origin: 'http://evil.example', 'content-type': 'text/plain' };
  expect(await ask(prometheus, { method: 'POST', path: '/api/v1/write', headers: foreign })).toMatchObject({ status: 403 });
  const preflight = { ...foreign, 'access-control-request-method': 'POST' };
  expect(await ask(alertmanager, { method: 'OPTIONS', path: '/api/v2/silences', headers: preflight })).toMatchObject({ status: 403 });
  expect(await ask(alertmanager, { method: 'POST', path: '/api/v2/silences', headers: foreign })).toMatchObject({ status: 403 });
  expect(await ask(prometheus, { headers: { cookie, host: `evil.example:${prometheus}` } })).toMatchObject({ status: 403 });
  expect(reached).toBe(0);
});

test('a program that switches protocols, is not there, or says nothing, is said so within its time', async () => {
  const switching = await tcp(socket => socket.once('data', () => socket.write(SWITCHING)));
  expect(await ask(await pageBefore(switching.port))).toMatchObject({ status: 502, body: 'the program answered 101\n' });
  const gone = createServer();
  const port = await listen(gone);
  await new Promise(resolve => gone.close(resolve));
  expect(await ask(await pageBefore(port))).toMatchObject({ status: 502, body: expect.stringContaining('does not answer') });
  expect(await ask(await pageOf(() => undefined))).toMatchObject({ status: 502, body: 'no whole answer in time\n' });
});

test('an answer without end is cut off, and half an answer is none', async () => {
  const endless = await pageOf((_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  await expect(ask(endless)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  const half = await pageOf((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  await expect(ask(half)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
});

test('a question that is too long reaches no end', async () => {
  let whole = 0;
  const port = await pageOf((incoming, response) => {
    incoming.resume().on('end', () => response.end(String(++whole)));
  });
  const question = (length: number) => ask(port, { method: 'POST', path: '/api/v1/query' }, 'x'.repeat(length));
  expect(await question(1000)).toMatchObject({ status: 200 });
  expect(await question(1001)).toMatchObject({ status: 413 });
  expect(whole).toBe(1);
});

test('who knocks and shows nothing, however slowly it speaks, keeps no connection; there are never more than so many', async () => {
  const port = await pageOf((_request, response) => response.end('page'));
  const knocking = Array.from({ length: LIMITS.mostConnections }, () => connect(port, '127.0.0.1'));
  const dripping = setInterval(() => {
    for (const socket of knocking) if (socket.writable) socket.write('G');
  }, 50);
  const ended = await Promise.all(
    knocking.map(
      socket =>
        new Promise(resolve =>
          socket
            .on('error', () => undefined)
            .resume()
            .on('close', () => resolve('closed')),
        ),
    ),
  );
  clearInterval(dripping);
  expect(ended).toEqual(knocking.map(() => 'closed'));
  expect(await ask(port)).toMatchObject({ status: 200 });
});
