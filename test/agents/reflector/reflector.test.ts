import { createSocket, type Socket } from 'node:dgram';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import {
  DATAGRAM_BYTES,
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  parseReflectorConfiguration,
} from '../../../agents/contract/reflector.js';
import { reflector } from '../../../agents/reflector/reflector.js';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function bound(socket: Socket): Promise<Socket> {
  sockets.push(socket);
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

async function conversation() {
  const site = await bound(reflector(() => 1_800_000_000_000.5));
  const office = await bound(createSocket('udp4'));
  const answers: Buffer[] = [];
  office.on('message', datagram => answers.push(datagram));
  return { answers, say: (datagram: Uint8Array) => office.send(datagram, site.address().port, '127.0.0.1') };
}

test('a request is answered with the site’s time, in as many bytes', async () => {
  const { answers, say } = await conversation();
  say(encodeRequest({ session: 4_000_000_000, sequence: 7 }));
  await expect.poll(() => answers.length).toBe(1);
  expect(answers[0]).toHaveLength(DATAGRAM_BYTES);
  expect(decodeReply(answers[0] ?? Buffer.alloc(0))).toEqual({ session: 4_000_000_000, sequence: 7, reflectedAtMs: 1_800_000_000_000.5 });
});

test('whatever is no request is not answered: not even an answer, so two reflectors never talk', async () => {
  const { answers, say } = await conversation();
  const request = encodeRequest({ session: 1, sequence: 1 });
  for (const other of [
    Buffer.alloc(0),
    Buffer.alloc(DATAGRAM_BYTES),
    Buffer.alloc(1400, 'x'),
    request.subarray(1),
    encodeReply({ session: 1, sequence: 1 }, 5),
  ])
    say(other);
  say(encodeRequest({ session: 1, sequence: 2 }));
  await expect.poll(() => answers.length).toBe(1);
  expect(decodeReply(answers[0] ?? Buffer.alloc(0))?.sequence).toBe(2);
});

test('random bytes are no request', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
      expect(decodeRequest(bytes)).toBeUndefined();
    }),
  ));

test('a wrong configuration has all its problems reported', () => {
  const parsed = parseReflectorConfiguration('{"schema":1,"site":"primary","listen":"here","port":0}');
  expect(parsed.ok ? [] : parsed.problems).toEqual([
    'site: a site is named s and its number, as s1',
    'listen: Invalid IPv4 address',
    'port: Too small: expected number to be >=1',
  ]);
});
