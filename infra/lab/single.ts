/**
 * One city a machine, and one `up` or `down` at a time.
 *
 * Both are abstract sockets: they are on no disk, and they end with the process that holds them, however it ends.
 */

import { createConnection, createServer, type Server } from 'node:net';
import { WorldError } from '../city/problem.js';
import type { StateFolder } from './state-folder.js';

const KEEPER_SOCKET = '\0citydc-keeper';

/** What a keeper tells whoever asks. */
export interface KeeperHello {
  readonly pid: number;
  readonly stateFolder: string;
}

/** Listens as this machine's keeper. @throws {WorldError} when there is one already */
export const becomeKeeper = (state: StateFolder): Promise<Server> =>
  hold(KEEPER_SOCKET, { pid: process.pid, stateFolder: state.root }, () => new WorldError('another keeper runs on this machine'));

/** The machine's keeper, when one runs. */
export const askKeeper = (): Promise<KeeperHello | undefined> =>
  new Promise(resolve => {
    let text = '';
    const socket = createConnection(KEEPER_SOCKET);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('end', () => resolve(JSON.parse(text) as KeeperHello));
    socket.on('error', () => resolve(undefined));
  });

/** Keeps other `up`s and `down`s of the same state folder out until it is closed or this process ends. @throws {WorldError} when one is at work */
export const holdOperation = (state: StateFolder): Promise<Server> =>
  hold(
    `\0citydc${state.cgroup}`,
    { pid: process.pid },
    () =>
      new WorldError('another `citydc up` or `down` of this city is at work', { hint: 'wait for it to end, then run the command again' }),
  );

/** @throws {WorldError} when the machine runs a city of another state folder */
export async function refuseSecondCity(state: StateFolder): Promise<KeeperHello | undefined> {
  const keeper = await askKeeper();
  if (keeper === undefined || keeper.stateFolder === state.root) return keeper;
  throw new WorldError(`this machine runs a city already: ${keeper.stateFolder}`, {
    hint: `take it down first: CITYDC_STATE=${keeper.stateFolder} npx citydc down`,
  });
}

function hold(path: string, hello: object, taken: () => WorldError): Promise<Server> {
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(hello));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? taken() : error));
    server.listen(path, () => resolve(server));
  });
}
