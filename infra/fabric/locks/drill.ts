/**
 * One drill at a time in a city. The lock is a file that outlives a killed engine: so the next one knows that a run must be recovered.
 *
 * The process that recovers a run holds a numbered claim beside its lock. The claim of a dead process stays, and the next process takes
 * the next number: two that find the same dead claim cannot both replace it.
 */

import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readJson } from '../../city/json.js';
import { WorldError } from '../../city/problem.js';
import { startOf } from '../started.js';

const holder = z.object({
  schema: z.literal(1),
  run: z.string(),
  pid: z.int(),
  /** Distinguishes the process from a later one of the same number; absent where there is no /proc. */
  startedTicks: z.string().optional(),
});
/** The process of a run, as its lock or claim names it. */
export type Holder = z.infer<typeof holder>;

const lockPath = (drillsFolder: string): string => join(drillsFolder, 'current.json');
const claimPath = (drillsFolder: string, run: string, number: number): string => join(drillsFolder, `${run}.recovery-${number}.json`);

/** Takes the lock for a run. @throws {WorldError} when another run holds it or left it behind */
export async function takeLock(drillsFolder: string, run: string): Promise<void> {
  if (!(await place(drillsFolder, lockPath(drillsFolder), run))) await refuse(drillsFolder);
}

/** @returns whether this process is now named at the path; false when one is there already */
async function place(drillsFolder: string, path: string, run: string): Promise<boolean> {
  const mine: Holder = { schema: 1, run, pid: process.pid, startedTicks: await startOf(process.pid) };
  const temporary = join(drillsFolder, `.${randomUUID()}.lock`);
  try {
    await mkdir(drillsFolder, { recursive: true });
    await writeFile(temporary, `${JSON.stringify(mine)}\n`, { flush: true });
    await link(temporary, path); // appears complete or not at all, and never replaces another
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new WorldError(`${path} cannot be created`, { cause, hint: 'see who may write there, and whether the disk is full' });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function refuse(drillsFolder: string): Promise<never> {
  const held = await readLock(drillsFolder);
  if (held === undefined) throw new WorldError('another drill held the lock and has just ended', { hint: 'start the drill again' });
  if (await isAlive(held)) throw running(held);
  throw new WorldError(`drill ${held.run} was not finished`, { hint: 'next: citydc drill recover' });
}

/** For commands that change the city. @throws {WorldError} while the engine of a drill is alive */
export async function refuseDuringDrill(drillsFolder: string): Promise<void> {
  const held = await readLock(drillsFolder);
  if (held !== undefined && (await isAlive(held))) throw running(held);
}

/** The exclusive right to recover a run. */
export interface Claim {
  /** Releases it: for good when the run is finished, else for the next recovery. */
  release(): Promise<void>;
}

/** Makes this process the only one that recovers a run. @throws {WorldError} when another process recovers it */
export async function claimRecovery(drillsFolder: string, run: string): Promise<Claim> {
  let number = 1;
  while (!(await place(drillsFolder, claimPath(drillsFolder, run, number), run))) {
    const other = await readHolder(claimPath(drillsFolder, run, number));
    if (other === undefined) continue; // just released: this number is free again
    if (await isAlive(other)) throw recovering(other);
    number++;
  }
  return { release: () => releaseClaims(drillsFolder, run, number) };
}

const recovering = ({ run, pid }: Holder): WorldError =>
  new WorldError(`drill ${run} is being recovered (process ${pid})`, {
    hint: `wait for process ${pid} to end, then: citydc drill recover`,
  });

/** Claims of dead processes are removed only when the run is finished: until then they keep their numbers taken. */
async function releaseClaims(drillsFolder: string, run: string, mine: number): Promise<void> {
  const finished = (await readLock(drillsFolder))?.run !== run;
  for (let number = mine; number >= (finished ? 1 : mine); number--) await rm(claimPath(drillsFolder, run, number), { force: true });
}

/** @throws {WorldError} when the run's engine is alive: only it may touch the run */
export async function mustBeDead(held: Holder): Promise<void> {
  if (await isAlive(held)) throw running(held);
}

const running = ({ run, pid }: Holder): WorldError =>
  new WorldError(`drill ${run} is running (process ${pid})`, { hint: `wait for it, or stop it in order: kill -INT ${pid}` });

/** The holder of the lock; undefined when it is free. */
export const readLock = (drillsFolder: string): Promise<Holder | undefined> => readHolder(lockPath(drillsFolder));

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : readJson(holder, text, path, 'see which drill ran last: citydc drill list; then remove the file');
}

/** Removes the lock of a finished run. */
export const releaseLock = (drillsFolder: string): Promise<void> => rm(lockPath(drillsFolder), { force: true });

async function isAlive({ pid, startedTicks }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startedTicks === undefined || (await startOf(pid)) === startedTicks;
}
