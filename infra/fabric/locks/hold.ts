/**
 * Names that one process of this machine holds at a time.
 *
 * All are abstract sockets: they are on no disk, and they end with the process that holds them, however it ends.
 */

import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';

const ANSWER_MS = 5000;
const POLL_MS = 50;

/** Holds a name until it is closed or this process ends; whoever asks is told the hello. @throws {WorldError} that `taken` makes */
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

/** Elsewhere such a socket would be a file that outlives its holder. */
function requireLinux(): void {
  if (process.platform !== 'linux')
    throw new WorldError(`faults need Linux; this is ${process.platform}`, { hint: 'run the command on a Linux machine' });
}

const socketOf = (name: string): string => `\0${name}`;

/** Waits for a name that others hold for a while. @throws {WorldError} that `taken` makes, when it takes too long */
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

/** What the holder of a name says, when there is one. One that is stopped or talks nonsense is none. */
export const askHolder = <Hello>(name: string): Promise<Hello | undefined> =>
  new Promise(resolve => {
    let text = '';
    const socket = createConnection(socketOf(name));
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(helloIn<Hello>(text)));
  });

function helloIn<Hello>(text: string): Hello | undefined {
  try {
    return JSON.parse(text) as Hello;
  } catch {
    return undefined;
  }
}
