/** One drill at a time a city. The lock outlives a killed engine: that is how the next one knows that something is left over. */

import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WorldError } from '../infra/city/problem.js';

const holder = z.object({
  schema: z.literal(1),
  run: z.string(),
  pid: z.int(),
  /** Distinguishes the process from a later one of the same number; absent where the system does not tell. */
  startedTicks: z.string().optional(),
});
export type Holder = z.infer<typeof holder>;

const lockPath = (drillsFolder: string): string => join(drillsFolder, 'current.json');

/** Takes the lock for a run. @throws {WorldError} when another run holds it or left it behind */
export async function takeLock(drillsFolder: string, run: string): Promise<void> {
  await mkdir(drillsFolder, { recursive: true });
  const mine: Holder = { schema: 1, run, pid: process.pid, ...(await ticksOf(process.pid)) };
  const temporary = join(drillsFolder, `.${run}.lock`);
  await writeFile(temporary, `${JSON.stringify(mine)}\n`, { flush: true });
  // A link appears whole or not at all, and never over another.
  const taken = await link(temporary, lockPath(drillsFolder)).then(
    () => true,
    () => false,
  );
  await rm(temporary, { force: true });
  if (!taken) await refuse(drillsFolder);
}

async function refuse(drillsFolder: string): Promise<never> {
  const held = await readLock(drillsFolder);
  if (held === undefined) throw new WorldError(`${lockPath(drillsFolder)} cannot be created`, { hint: 'see who may write there' });
  if (await isAlive(held)) throw running(held);
  throw new WorldError(`drill ${held.run} was not finished`, { hint: 'next: citydc drill recover' });
}

/** @throws {WorldError} when the run's engine is alive: nobody else may touch its run */
export async function mustBeDead(held: Holder): Promise<void> {
  if (await isAlive(held)) throw running(held);
}

const running = ({ run, pid }: Holder): WorldError =>
  new WorldError(`drill ${run} is running (process ${pid})`, { hint: `wait for it, or stop it in order: kill -INT ${pid}` });

/** Who holds the lock; undefined when nobody does. */
export async function readLock(drillsFolder: string): Promise<Holder | undefined> {
  const text = await readFile(lockPath(drillsFolder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : holder.parse(JSON.parse(text));
}

export const releaseLock = (drillsFolder: string): Promise<void> => rm(lockPath(drillsFolder), { force: true });

async function isAlive({ pid, startedTicks }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = await ticksOf(pid);
  return startedTicks === undefined || now.startedTicks === startedTicks;
}

/** Start time in clock ticks since boot: field 22 of /proc/PID/stat, counted after the name, which may hold blanks. */
async function ticksOf(pid: number): Promise<{ startedTicks?: string }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined ? {} : { startedTicks: ticks };
}
