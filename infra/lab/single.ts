/** One city a machine, one `up` or `down` at a time, and one hand at the faults. */

import type { Server } from 'node:net';
import { WorldError } from '../city/problem.js';
import { askHolder, hold, holdInTurn } from '../fabric/faults/hold.js';
import type { StateFolder } from './state-folder.js';

const KEEPER_SOCKET = 'citydc-keeper';
const OPERATION_SOCKET = 'citydc-operation';
const FAULTS_DEADLINE_MS = 60_000;

/** What a keeper tells whoever asks. */
export interface KeeperHello {
  readonly pid: number;
  readonly stateFolder: string;
}

/** Listens as this machine's keeper. @throws {WorldError} when there is one already */
export const becomeKeeper = (state: StateFolder): Promise<Server> =>
  hold(KEEPER_SOCKET, { pid: process.pid, stateFolder: state.root }, () => new WorldError('another keeper runs on this machine'));

/** The machine's keeper, when one runs. One that is stopped or talks nonsense is none. */
export const askKeeper = (): Promise<KeeperHello | undefined> => askHolder(KEEPER_SOCKET);

/** Keeps every other `up` and `down` of this machine out until it is closed or this process ends. @throws {WorldError} when one is at work */
export const holdOperation = (): Promise<Server> => hold(OPERATION_SOCKET, { pid: process.pid }, atWork);

/** Looks only. @throws {WorldError} when another `up` or `down` is at work on this machine */
export async function refuseOtherOperation(): Promise<void> {
  if ((await askHolder(OPERATION_SOCKET)) !== undefined) throw atWork();
}

const atWork = (): WorldError =>
  new WorldError('another `citydc up` or `down` is at work on this machine', { hint: 'wait for it to end, then run the command again' });

/** Waits until no other process sets or heals faults of this city. @throws {WorldError} when another is at it for too long */
export const holdFaults = (state: StateFolder): Promise<Server> =>
  holdInTurn(
    `citydc${state.cgroup}-faults`,
    FAULTS_DEADLINE_MS,
    () => new WorldError('another command sets or heals faults of this city', { hint: 'wait for it to end, then try again' }),
  );

/** @throws {WorldError} when the machine runs a city of another state folder */
export async function refuseSecondCity(state: StateFolder): Promise<KeeperHello | undefined> {
  const keeper = await askKeeper();
  if (keeper === undefined || keeper.stateFolder === state.root) return keeper;
  throw new WorldError(`this machine runs a city already: ${keeper.stateFolder}`, {
    hint: `take it down first: CITYDC_STATE=${keeper.stateFolder} npx citydc down`,
  });
}
