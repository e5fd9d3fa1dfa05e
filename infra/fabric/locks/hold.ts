/**
 * Names that only one process of this machine can hold at a time.
 *
 * Each is an abstract Unix socket: it is not on a disk, and the kernel releases it when its process ends, however it ends.
 */

import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonOf, own } from '../../../agents/contract/json.js';
import { WorldError } from '../../city/problem.js';

const ANSWER_MS = 5000;
const POLL_MS = 50;

/**
 * Holds a name until the server is closed or this process ends.
 *
 * @param hello sent as JSON to every process that connects ({@link askHolder})
 * @throws {WorldError} that `taken` makes, when another process holds it
 */
export async function hold(name: string, hello: object, taken: () => WorldError): Promise<Server> {
  requireLinux();
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(hello));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? taken() : error));
    server.listen(socketOf(name), () => resolve(server));
  });
}

/** On other systems such a socket would be a file that outlives its holder. */
function requireLinux(): void {
  if (process.platform !== 'linux')
    throw new WorldError(`faults need Linux; this is ${process.platform}`, { hint: 'run the command on a Linux machine' });
}

const socketOf = (name: string): string => `\0${name}`;

/** Waits until a name is free, and holds it. @throws {WorldError} that `taken` makes, when that takes too long */
export async function holdInTurn(name: string, deadlineMs: number, taken: () => WorldError): Promise<Server> {
  requireLinux();
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await hold(name, { pid: process.pid }, taken);
    } catch (error) {
      if (!(error instanceof WorldError) || performance.now() > giveUpAt) throw error;
      await pause(POLL_MS);
    }
  }
}

/** The hello of the process that holds a name; undefined when there is none, or it is stopped or sends something else. */
export const askHolder = <Hello extends object>(name: string): Promise<Hello | undefined> =>
  new Promise(resolve => {
    let text = '';
    const socket = createConnection(socketOf(name));
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(jsonOf(own<Hello>(), text)));
  });
