/**
 * Names that only one process of this machine can hold at a time, among those of one user.
 *
 * Each is a file that is locked with flock(2), in a folder that no other user can enter: none takes a name first, and none puts a word
 * into what is shown. The kernel releases a lock when its process ends, however it ends. Node cannot lock files: flock(1) locks an open
 * file that it inherits from this process, which keeps the lock when flock(1) has ended.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { jsonOf, own } from '../../../agents/contract/json.js';
import { WorldError } from '../../city/problem.js';
import { startOf } from '../started.js';
import { lockFile, ownLockFile } from './folder.js';

/** More than a holder says of itself. */
const MOST_BYTES = 4096;
/** How often the file may be removed by its last holder while this process waits for it. */
const MOST_ROUNDS = 1000;

/** A name, until it is closed or this process ends. */
export interface Held {
  close(): void;
}

/**
 * Holds a name until it is closed or this process ends.
 *
 * @param hello what other processes of this user learn of the holder ({@link askHolder})
 * @throws {WorldError} that `taken` makes, when another process holds it
 */
export const hold = (name: string, hello: object, taken: () => WorldError): Promise<Held> => holdInTurn(name, 0, taken, hello);

/** Waits until a name is free, and holds it. @throws {WorldError} that `taken` makes, when that takes too long */
export async function holdInTurn(name: string, deadlineMs: number, taken: () => WorldError, hello: object = {}): Promise<Held> {
  requireLinux();
  const path = await ownLockFile(name);
  const giveUpAt = performance.now() + deadlineMs;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const held = await tryToHold(path, Math.max(0, giveUpAt - performance.now()), taken);
    if (held === undefined) continue;
    await introduce(held, hello);
    return onceClosed(() => release(held, path));
  }
  throw new WorldError(`the lock ${path} is removed again and again`, { hint: `see which processes use it: fuser -v ${path}` });
}

/** Closed twice, it would release what another process holds by then. */
function onceClosed(close: () => void): Held {
  let isClosed = false;
  return {
    close: () => {
      if (!isClosed) close();
      isClosed = true;
    },
  };
}

/** On other systems there is no flock(1), and no /proc that says which process holds a lock. */
function requireLinux(): void {
  if (process.platform !== 'linux')
    throw new WorldError(`faults need Linux; this is ${process.platform}`, { hint: 'run the command on a Linux machine' });
}

/** The locked file; undefined when its last holder removed it meanwhile, so that the next one takes another. */
async function tryToHold(path: string, waitMs: number, taken: () => WorldError): Promise<number | undefined> {
  const file = openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600);
  try {
    if (!(await lock(file, waitMs))) throw taken();
    if (isAt(file, path)) return file;
    closeSync(file);
    return undefined;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const TAKEN = 75;

/** @returns false when another process has it for all that time */
async function lock(file: number, waitMs: number): Promise<boolean> {
  const patience = waitMs === 0 ? ['--nonblock'] : ['--timeout', (waitMs / 1000).toFixed(3)];
  const words = ['--exclusive', ...patience, '--conflict-exit-code', String(TAKEN), '3'];
  const child = spawn('flock', words, { stdio: ['ignore', 'ignore', 'ignore', file] });
  const [code] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new WorldError('flock cannot be run', { cause, hint: 'install it: apt-get install util-linux' });
  })) as [number | null];
  if (code === 0 || code === TAKEN) return code === 0;
  throw new WorldError(`flock failed (${code ?? 'it was killed'})`, { hint: 'run the command again' });
}

function isAt(file: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === fstatSync(file).ino;
}

const holder = z.object({ schema: z.literal(1), pid: z.int(), startedTicks: z.string(), hello: own<object>() });

/** Written by the holder alone, and in one step: what is cut short is no JSON, so there is no holder yet. */
async function introduce(file: number, hello: object): Promise<void> {
  const startedTicks = (await startOf(process.pid)) ?? '';
  const text = JSON.stringify({ schema: 1, pid: process.pid, startedTicks, hello } satisfies z.input<typeof holder>);
  ftruncateSync(file);
  writeSync(file, text, 0);
}

/** It is removed while it is held: so no process holds another file of this name yet. */
function release(file: number, path: string): void {
  rmSync(path, { force: true });
  closeSync(file);
}

/** The hello of the process that holds a name; undefined when there is none, or the file is not one of ours. */
export async function askHolder<Hello extends object>(name: string): Promise<Hello | undefined> {
  const path = lockFile(name);
  const text = path === undefined ? undefined : readSmall(path);
  const found = text === undefined ? undefined : jsonOf(holder, text);
  // A holder that was killed has left its words behind.
  return found !== undefined && (await startOf(found.pid)) === found.startedTicks ? (found.hello as Hello) : undefined;
}

/** A plain file of this user's and no longer than a holder writes; undefined where it is anything else. */
function readSmall(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { uid, size } = fstatSync(file);
    if (!fstatSync(file).isFile() || uid !== process.getuid?.() || size > MOST_BYTES) return undefined;
    const text = Buffer.alloc(MOST_BYTES);
    return text.toString('utf8', 0, readSync(file, text));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
