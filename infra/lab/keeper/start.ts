import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';
import { askKeeper } from '../single.js';
import type { StateFolder } from '../state-folder.js';

/** It starts while the hosts of a new city do, and those come first. */
const DEADLINE_MS = 60_000;
const POLL_MS = 20;

/** Starts the city's keeper unless it runs; it lives on when this process ends. @throws {WorldError} when it does not come up */
export async function ensureKeeper(state: StateFolder, file: string): Promise<void> {
  if ((await askKeeper())?.stateFolder === state.root) return;
  const log = openSync(state.keeperLog, 'a');
  const child = spawn(process.execPath, [file, 'keep', state.root], { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  await until(async () => (await askKeeper())?.stateFolder === state.root, `the keeper did not start; see ${state.keeperLog}`);
}

/** Ends the city's keeper and what it started. */
export async function endKeeper(state: StateFolder): Promise<void> {
  const keeper = await askKeeper();
  if (keeper?.stateFolder !== state.root) return;
  if (!(await isKeeper(keeper.pid, state))) return;
  process.kill(keeper.pid, 'SIGTERM');
  await until(async () => (await askKeeper()) === undefined, `the keeper (process ${keeper.pid}) does not end`);
}

/** Any user may listen where the keeper does and name any process: only what really is our keeper is ended. */
const isKeeper = (pid: number, state: StateFolder): Promise<boolean> =>
  readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    words => words.endsWith(`\0keep\0${state.root}\0`),
    () => false,
  );

async function until(done: () => Promise<boolean>, failure: string): Promise<void> {
  for (const giveUpAt = performance.now() + DEADLINE_MS; !(await done()); await pause(POLL_MS)) {
    if (performance.now() > giveUpAt) throw new WorldError(failure);
  }
}
