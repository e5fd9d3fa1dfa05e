/**
 * One city a machine, one `up` or `down` at a time, and one hand at the faults.
 *
 * All are abstract sockets: they are on no disk, and they end with the process that holds them, however it ends.
 */

import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../city/problem.js';
import type { StateFolder } from './state-folder.js';

const KEEPER_SOCKET = '\0citydc-keeper';
const OPERATION_SOCKET = '\0citydc-operation';
const ANSWER_MS = 5000;
const FAULTS_DEADLINE_MS = 60_000;
const POLL_MS = 50;

/** What a keeper tells whoever asks. */
export interface KeeperHello {
  readonly pid: number;
  readonly stateFolder: string;
}

/** Listens as this machine's keeper. @throws {WorldError} when there is one already */
export const becomeKeeper = (state: StateFolder): Promise<Server> =>
  hold(KEEPER_SOCKET, { pid: process.pid, stateFolder: state.root }, () => new WorldError('another keeper runs on this machine'));

/** The machine's keeper, when one runs. One that is stopped or talks nonsense is none. */
export const askKeeper = (): Promise<KeeperHello | undefined> =>
  new Promise(resolve => {
    let text = '';
    const socket = createConnection(KEEPER_SOCKET);
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(helloIn(text)));
  });

function helloIn(text: string): KeeperHello | undefined {
  try {
    return JSON.parse(text) as KeeperHello;
  } catch {
    return undefined;
  }
}

/** Keeps every other `up` and `down` of this machine out until it is closed or this process ends. @throws {WorldError} when one is at work */
export const holdOperation = (): Promise<Server> =>
  hold(
    OPERATION_SOCKET,
    { pid: process.pid },
    () =>
      new WorldError('another `citydc up` or `down` is at work on this machine', {
        hint: 'wait for it to end, then run the command again',
      }),
  );

/** Waits until no other process sets or heals faults of this city. @throws {WorldError} when another is at it for too long */
export async function holdFaults(state: StateFolder): Promise<Server> {
  const giveUpAt = performance.now() + FAULTS_DEADLINE_MS;
  const busy = () => new WorldError('another command sets or heals faults of this city', { hint: 'wait for it to end, then try again' });
  for (;;) {
    try {
      return await hold(`\0citydc${state.cgroup}-faults`, { pid: process.pid }, busy);
    } catch (error) {
      if (!(error instanceof WorldError) || performance.now() > giveUpAt) throw error;
      await pause(POLL_MS);
    }
  }
}

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
