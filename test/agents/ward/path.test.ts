import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { expect, test } from 'vitest';
import { decodeRequest, encodeReply, type PathRequest } from '../../../agents/contract/reflector.js';
import { reflector } from '../../../agents/reflector/reflector.js';
import { BURST_DATAGRAMS, pathProbe } from '../../../agents/ward/probes/path.js';
import { pathSocket } from '../../../agents/ward/probes/path-socket.js';
import { within } from '../../../agents/ward/probes/probe.js';
import { closing } from './listening.js';

const SOURCE = '127.0.0.2';
const HOUR_MS = 3_600_000;

async function bound(socket: Socket): Promise<Socket> {
  closing(() => socket.close());
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

/** A reflector that answers each request as ordered. */
function strangeReflector(answer: (socket: Socket, request: PathRequest, from: RemoteInfo) => void): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    const request = decodeRequest(datagram);
    if (request !== undefined) answer(socket, request, from);
  });
  return bound(socket);
}

function probeTo(site: Socket, wallMs = Date.now) {
  const socket = pathSocket(SOURCE, wallMs);
  closing(socket.close);
  return pathProbe(socket, { address: '127.0.0.1', port: site.address().port });
}

test('a burst comes back whole, and its answers distinguish both clocks', async () => {
  const probe = probeTo(await bound(reflector(Date.now)), () => Date.now() + HOUR_MS);
  const answers = await within(3000, probe);
  expect(answers).toHaveLength(BURST_DATAGRAMS);
  expect(new Set(answers.map(({ sequence }) => sequence)).size).toBe(BURST_DATAGRAMS);
  // An hour, give or take far more than loopback can cost.
  for (const { localMidpointMs, reflectedAtMs } of answers)
    expect(Math.abs(localMidpointMs - reflectedAtMs - HOUR_MS)).toBeLessThan(60_000);
});

test('answers that come twice count once, and lost ones do not count', async () => {
  const site = await strangeReflector((socket, request, from) => {
    if (request.sequence % 2 === 0) return;
    for (const _ of [1, 2]) socket.send(encodeReply(request, Date.now()), from.port, from.address);
  });
  expect(await within(3000, probeTo(site))).toHaveLength(BURST_DATAGRAMS / 2);
});

test('answers of another life, from another sender, or that are none, do not count', async () => {
  const stranger = await bound(createSocket('udp4'));
  const site = await strangeReflector((socket, request, from) => {
    socket.send(encodeReply({ ...request, session: (request.session ^ 1) >>> 0 }, Date.now()), from.port, from.address);
    socket.send(Buffer.from('garbage'), from.port, from.address);
    stranger.send(encodeReply(request, Date.now()), from.port, from.address);
  });
  expect(await within(3000, probeTo(site))).toEqual([]);
});

test('an answer that comes after its burst belongs to no later one', async () => {
  const held: (() => void)[] = [];
  const site = await strangeReflector((socket, request, from) => {
    const answer = () => socket.send(encodeReply(request, Date.now()), from.port, from.address);
    if (request.sequence <= BURST_DATAGRAMS) held.push(answer);
    else for (const send of [...held.splice(0), answer]) send();
  });
  const probe = probeTo(site);
  expect(await within(3000, probe)).toEqual([]);
  const later = await within(3000, probe);
  expect(later).toHaveLength(BURST_DATAGRAMS);
  expect(Math.min(...later.map(({ sequence }) => sequence))).toBeGreaterThan(BURST_DATAGRAMS);
});

test('an address that the machine does not have loses everything, and ends nothing', async () => {
  const socket = pathSocket('192.0.2.1', Date.now);
  closing(socket.close);
  expect(await within(3000, pathProbe(socket, { address: '127.0.0.1', port: 9 }))).toEqual([]);
});

test('an aborted burst ends', async () => expect(await within(0, probeTo(await strangeReflector(() => undefined)))).toEqual([]));
