/** Servers of a test on loopback, closed when it is over. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

const closings: (() => unknown)[] = [];

/** Closes all that was to be closed after a test (test/tidy.ts). */
export async function close(): Promise<void> {
  for (const each of closings.splice(0)) await each();
}

/** Has something closed after the test. */
export const closing = (end: () => unknown): void => void closings.push(end);

export async function http(handler: RequestListener, port = 0): Promise<Server & { readonly port: number }> {
  const server = createServer(handler);
  closing(() => server.close().closeAllConnections());
  return Object.assign(server, { port: await listen(server, port) });
}

/** A server that says what it likes, without any protocol. */
export async function tcp(handler: (socket: Socket) => void): Promise<TcpServer & { readonly port: number }> {
  const server = createTcpServer(socket => handler(socket.on('error', () => undefined).resume()));
  closing(() => server.close());
  return Object.assign(server, { port: await listen(server, 0) });
}

/** What a peer sends that would rather speak something else: Node's request then emits neither a response nor an error. */
export const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';

/** A port that refuses. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server, 0);
  await new Promise(resolve => server.close(resolve));
  return port;
}

const listen = (server: TcpServer, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
