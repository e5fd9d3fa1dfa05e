import { describe, expect, test } from 'vitest';
import { receiverAt } from '../../../agents/ward/push/receiver.js';
import { WRITE_HEADERS, writeRequest } from '../../../agents/ward/push/write-request.js';
import { closedPort, closing, http, SWITCHING, tcp } from './listening.js';
import { fakeReceiver } from './remote-write.js';

const SOURCE = '127.0.0.2';
const BODY = writeRequest([{ labels: [['__name__', 'up']], value: 1 }], 1);
const receiver = (port: number, deadlineMs?: number) => {
  const opened = receiverAt(`http://127.0.0.1:${port}/api/v1/write`, SOURCE, deadlineMs);
  closing(opened.close);
  return opened;
};

test('a push is what remote write 1.0 demands', async () => {
  const site = await fakeReceiver();
  expect(await receiver(site.port).push(BODY)).toEqual({ outcome: 'accepted' });
  const [first] = site.pushes;
  expect(first?.headers).toMatchObject({ ...WRITE_HEADERS, 'content-length': String(BODY.length) });
  expect(first?.samples).toMatchObject([{ name: 'up', value: 1, timestampMs: 1 }]);
});

test('pushes leave from the office’s address and share a connection', async () => {
  const from = new Set<string>();
  const server = await http((request, response) => {
    from.add(`${request.socket.remoteAddress} ${request.socket.remotePort}`);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  const to = receiver(server.port);
  for (const _ of [1, 2, 3]) await to.push(BODY);
  expect([...from]).toEqual([expect.stringMatching(/^127\.0\.0\.2 \d+$/)]);
});

describe('what is not accepted says why', () => {
  test('refused', async () => {
    const site = await fakeReceiver();
    site.answer(400, 'out of order sample\nand a stack of other lines');
    expect(await receiver(site.port).push(BODY)).toEqual({ outcome: 'refused', trouble: 'status 400: out of order sample' });
  });

  test('refused, and the answer never ends', async () => {
    const { port } = await http((request, response) => {
      request.resume();
      response.writeHead(500);
      const timer = setInterval(() => response.write('x'.repeat(1024)), 1);
      response.on('close', () => clearInterval(timer));
    });
    expect(await receiver(port).push(BODY)).toMatchObject({ outcome: 'refused', trouble: expect.stringMatching(/^status 500: x{200}$/) });
  });

  test.each([
    ['no answer in time', () => undefined],
    ['socket hang up', socket => socket.end()],
    ['status 101', socket => socket.write(SWITCHING)],
    ['Parse Error: Expected HTTP/', socket => socket.end('garbage\r\n')],
  ] as [string, Parameters<typeof tcp>[0]][])('unreachable: %s', async (trouble, handler) => {
    const { port } = await tcp(handler);
    expect(await receiver(port, 300).push(BODY)).toEqual({ outcome: 'unreachable', trouble: expect.stringContaining(trouble) });
  });

  test('unreachable: no listener', async () =>
    expect(await receiver(await closedPort()).push(BODY)).toEqual({
      outcome: 'unreachable',
      trouble: expect.stringContaining('ECONNREFUSED'),
    }));
  test('unreachable: not a protocol that it speaks', async () =>
    expect(await receiverAt('gopher://127.0.0.1/', SOURCE).push(BODY)).toMatchObject({ outcome: 'unreachable' }));
});
