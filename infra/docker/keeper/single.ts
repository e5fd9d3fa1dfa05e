/** One keeper a state folder, one `up` or `down` at a time, and one hand at the faults of its city. */

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';
import { askHolder, hold, holdInTurn } from '../../fabric/faults/hold.js';
import type { DockerState } from '../state-folder.js';

/** As long as another command may take that starts a whole site, on Docker hosts that are far away. */
const FAULTS_DEADLINE_MS = 120_000;
const START_DEADLINE_MS = 10_000;
const POLL_MS = 20;

/** What a keeper tells whoever asks. */
export interface KeeperHello {
  readonly pid: number;
}

const keeperName = ({ name }: DockerState): string => `${name}-keeper`;

/** Listens as the keeper of this state folder. @throws {WorldError} when there is one already */
export const becomeKeeper = (state: DockerState): Promise<Server> =>
  hold(keeperName(state), { pid: process.pid } satisfies KeeperHello, () => new WorldError('another keeper keeps these faults'));

export const askKeeper = (state: DockerState): Promise<KeeperHello | undefined> => askHolder(keeperName(state));

/** Keeps every other `up` and `down` of this state folder out until it is closed or this process ends. @throws {WorldError} when one is at work */
export const holdOperation = (state: DockerState): Promise<Server> => hold(operationName(state), { pid: process.pid }, atWork);

/** Looks only. @throws {WorldError} when another `up` or `down` is at work */
export async function refuseOtherOperation(state: DockerState): Promise<void> {
  if ((await askHolder(operationName(state))) !== undefined) throw atWork();
}

const operationName = ({ name }: DockerState): string => `${name}-operation`;
const atWork = (): WorldError =>
  new WorldError('another `up` or `down` of this city is at work', { hint: 'wait for it to end, then run the command again' });

/** Waits until no other process sets or heals faults of this city. @throws {WorldError} when another is at it for too long */
export const holdFaults = (state: DockerState, deadlineMs = FAULTS_DEADLINE_MS): Promise<Server> =>
  holdInTurn(
    `${state.name}-faults`,
    deadlineMs,
    () => new WorldError('another command sets or heals faults of this city', { hint: 'wait for it to end, then try again' }),
  );

/**
 * Starts the keeper unless it runs. It lives on when this process ends, and ends by itself when no fault is in force.
 *
 * @param file the built keeper
 * @throws {WorldError} when it does not come up: then nobody would undo a fault
 */
export async function ensureKeeper(state: DockerState, file: string): Promise<void> {
  if ((await askKeeper(state)) !== undefined) return;
  await mkdir(dirname(state.keeperLog), { recursive: true });
  const log = openSync(state.keeperLog, 'a');
  const child = spawn(process.execPath, [file, state.root], { detached: true, stdio: ['ignore', log, log] });
  child.on('error', () => undefined); // it does not answer then
  child.unref();
  for (const giveUpAt = performance.now() + START_DEADLINE_MS; (await askKeeper(state)) === undefined; await pause(POLL_MS)) {
    if (performance.now() > giveUpAt || child.exitCode !== null)
      throw new WorldError('the keeper does not start, and a fault would not be undone: it was not done', {
        hint: `see ${state.keeperLog}`,
      });
  }
}
