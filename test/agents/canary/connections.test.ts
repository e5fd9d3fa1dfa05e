import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openConnections } from '../../../agents/canary/server/connections.js';
import { type SelfSigned, selfSigned } from '../../self-signed.js';
import { temporaryFolder } from '../../temporary-folder.js';

const HOST = 's1-database1';
const folder = temporaryFolder();
let own: SelfSigned;
beforeAll(async () => {
  own = await selfSigned(HOST);
  writeFileSync(join(folder, 'authority.pem'), own.certificate);
});

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const int16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map(value => Buffer.from([value >> 8, value & 255])));
const int32 = (value: number): Buffer => Buffer.from([value >> 24, value >> 16, value >> 8, value].map(byte => byte & 255));
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

const READY = message('Z', Buffer.from('I'));
const WELCOME = Buffer.concat([message('R', int32(0)), READY]);
const BOOLEAN_OID = 16;
const COLUMN = message(
  'T',
  Buffer.concat([int16(1), text('standby'), int32(0), int16(0), int32(BOOLEAN_OID), int16(1), int32(-1), int16(0)]),
);
const row = (standby: boolean): Buffer => message('D', Buffer.concat([int16(1), int32(1), Buffer.from(standby ? 't' : 'f')]));
const answer = (standby: boolean): Buffer => Buffer.concat([COLUMN, row(standby), message('C', text('SELECT 1')), READY]);

/** As much of PostgreSQL (protocol 3.0, over TLS) as is asked whether it is a standby. */
class FakePostgres {
  standby = false;
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer(socket => {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, cert: own.certificate, key: own.key });
      secure.on('error', () => undefined);
      secure.once('data', () => {
        secure.write(WELCOME);
        secure.on('data', request => {
          if (request.toString('latin1').startsWith('Q')) secure.write(answer(this.standby));
        });
      });
    });
  });

  async open(hosts: readonly string[] = ['s2-database1', HOST]) {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    const writer = { host: '127.0.0.1', port, authority: join(folder, 'authority.pem'), hosts: [...hosts] };
    return openConnections(writer, { name: 'portal', user: 'portal', password: undefined });
  }

  /** As a site that has lost its power and is there again: old connections are dead. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): void {
    this.dropAll();
    this.#server.close();
  }
}

let postgres = new FakePostgres();
afterEach(() => {
  postgres.close();
  postgres = new FakePostgres();
});

test('a connection that works is used again', async () => {
  const connections = await postgres.open();
  (await connections.borrow()).release();
  (await connections.borrow()).release();
  expect(postgres.connections).toBe(1);
});

test('a fresh connection to a standby is the answer: it is not asked again', async () => {
  postgres.standby = true;
  const connections = await postgres.open();
  await expect(connections.borrow()).rejects.toThrow('the database reached is a standby');
  expect(postgres.connections).toBe(1);
});

test('a pooled connection to what is a standby now is tried once, then one fresh one', async () => {
  const connections = await postgres.open();
  (await connections.borrow()).release();
  postgres.standby = true;
  await expect(connections.borrow()).rejects.toThrow('the database reached is a standby');
  expect(postgres.connections).toBe(2);
});

test('dead pooled connections are replaced by one that works', async () => {
  const connections = await postgres.open();
  const two = await Promise.all([connections.borrow(), connections.borrow()]);
  for (const client of two) client.release();
  postgres.dropAll();
  (await connections.borrow()).release();
  expect(postgres.connections).toBe(3);
});

test('a database with the certificate of another host gets no password', async () => {
  const connections = await postgres.open(['s1-database2', 's2-database1']);
  await expect(connections.borrow()).rejects.toThrow(/does not match certificate/);
});
