import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';
import { type LockScope, locksOf } from '../locks/locks.js';
import { isKeeper, olderKeeper } from './older.js';

/** How a realisation's keeper is started: `node FILE WORDS`. */
export interface KeeperProgram {
  readonly scope: LockScope;
  /** The built keeper. */
  readonly file: string;
  readonly words: readonly string[];
  readonly log: string;
}

/** Long: it may start while all hosts of a new city do, and they have priority. */
const DEADLINE_MS = 60_000;
const POLL_MS = 20;

/**
 * Starts the keeper unless it runs. It stays when this process ends.
 *
 * @throws {WorldError} when it does not start: then a fault would not be undone in time
 */
export async function ensureKeeper({ scope, file, words, log }: KeeperProgram): Promise<void> {
  const runs = () => isKept(scope);
  if (await runs()) return;
  await endOlderKeeper({ scope, words });
  await mkdir(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [file, ...words], { detached: true, stdio: ['ignore', output, output] });
  child.on('error', () => undefined); // then it does not answer, which is reported below
  child.unref();
  // Where another was faster, this one ends at once.
  await until(runs, () => child.exitCode !== null, 'the keeper does not start, so a fault would not be undone in time', `see ${log}`);
}

/** Whether the keeper of this state folder runs. */
export const isKept = async (scope: LockScope): Promise<boolean> => (await locksOf(scope).askKeeper())?.stateFolder === scope.stateFolder;

/** Ends the keeper of a state folder. @throws {WorldError} when it does not end */
export async function endKeeper({ scope, words }: Pick<KeeperProgram, 'scope' | 'words'>): Promise<void> {
  await endOlderKeeper({ scope, words });
  const keeper = await locksOf(scope).askKeeper();
  if (keeper?.stateFolder !== scope.stateFolder || !(await isKeeper(keeper.pid, words))) return;
  await end(keeper.pid, async () => (await locksOf(scope).askKeeper()) === undefined);
}

async function endOlderKeeper({ scope, words }: Pick<KeeperProgram, 'scope' | 'words'>): Promise<void> {
  const older = () => olderKeeper(`${scope.runs}-keeper`, words);
  const pid = await older();
  if (pid !== undefined) await end(pid, async () => (await older()) === undefined);
}

async function end(pid: number, gone: () => Promise<boolean>): Promise<void> {
  process.kill(pid, 'SIGTERM');
  await until(gone, () => false, `the keeper (process ${pid}) does not end`, `end it: kill -9 ${pid}`);
}

async function until(done: () => Promise<boolean>, isHopeless: () => boolean, failure: string, hint: string): Promise<void> {
  for (const giveUpAt = performance.now() + DEADLINE_MS; !(await done()); await pause(POLL_MS)) {
    if ((isHopeless() || performance.now() > giveUpAt) && !(await done())) throw new WorldError(failure, { hint });
  }
}
