import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { within } from '../../../agents/ward/probes/probe.js';
import { ANSWER_BYTES, systemProbe } from '../../../agents/ward/probes/system.js';
import { targetProbe } from '../../../agents/ward/probes/target.js';
import { closedPort, http, SWITCHING, tcp } from './listening.js';

const SOURCE = '127.0.0.2';
const ask = (port: number, deadlineMs = 3000) => systemProbe(SOURCE, { address: '127.0.0.1', port }, deadlineMs)();
const reach = (port: number, source = SOURCE) => within(3000, targetProbe(source, { address: '127.0.0.1', port }));
const connections = (server: { getConnections(callback: (error: Error | null, count: number) => void): unknown }) =>
  new Promise<number>(resolve => server.getConnections((_, count) => resolve(count)));

/** A header a moment, and never the last. */
function slowly(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => socket.write('x-more: to come\r\n'), 10);
  socket.on('close', () => clearInterval(timer));
}

describe('a system', () => {
  test.each([200, 301, 404])('with a whole answer of status %i is reachable, from the office’s own address', async status => {
    let from: string | undefined;
    const server = await http((request, response) => {
      from = `${request.socket.remoteAddress} ${request.method} ${request.url}`;
      response.writeHead(status).end('well');
    });
    expect(await ask(server.port)).toEqual({ reachable: true, connectSeconds: expect.any(Number), responseSeconds: expect.any(Number) });
    expect(from).toBe(`${SOURCE} GET /health`);
  });

  test('that fails is not, though it answers in full', async () => {
    const { port } = await http((_, response) => response.writeHead(503).end());
    expect(await ask(port)).toMatchObject({ reachable: false, responseSeconds: expect.any(Number), trouble: 'status 503' });
  });

  test('that refuses has no times', async () =>
    expect(await ask(await closedPort())).toEqual({ reachable: false, trouble: expect.stringContaining('ECONNREFUSED') }));

  test.each([
    ['says nothing', () => undefined, 'no answer in time'],
    ['continues slowly', socket => slowly(socket), 'no answer in time'],
    ['stops half way', socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'), 'half an answer'],
    ['talks garbage', socket => socket.end('220 smtp.example ESMTP\r\n'), /Parse Error/],
    ['hangs up', socket => socket.end(), 'socket hang up'],
    ['would rather talk about something else', socket => socket.write(SWITCHING), 'status 101'],
    [
      'never ends',
      socket => socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2 * ANSWER_BYTES)}`),
      `an answer longer than ${ANSWER_BYTES} bytes`,
    ],
  ] as [string, Parameters<typeof tcp>[0], string | RegExp][])(
    'that %s is not reachable, and nothing stays open',
    async (_, handler, trouble) => {
      const server = await tcp(handler);
      const result = await ask(server.port, 300);
      expect(result).toEqual({ reachable: false, connectSeconds: expect.any(Number), trouble: expect.stringMatching(trouble) });
      await expect.poll(() => connections(server)).toBe(0);
    },
  );
});

describe('a target', () => {
  test('that accepts is reachable, and nothing stays open', async () => {
    const server = await tcp(socket => socket.resume());
    expect(await reach(server.port)).toEqual({ reachable: true, connectSeconds: expect.any(Number) });
    await expect.poll(() => connections(server)).toBe(0);
  });
  test('that refuses is reachable: it answered', async () => expect(await reach(await closedPort())).toEqual({ reachable: true }));
  test('that cannot be tried is not', async () =>
    expect(await reach(1, '192.0.2.1')).toEqual({ reachable: false, trouble: expect.stringContaining('EADDRNOTAVAIL') }));
  test('that takes too long is not', async () => {
    const controller = new AbortController();
    const looking = targetProbe(SOURCE, { address: '127.0.0.1', port: (await tcp(() => undefined)).port })(controller.signal);
    controller.abort();
    expect(await looking).toEqual({ reachable: false, trouble: 'no connection in time' });
  });
});
