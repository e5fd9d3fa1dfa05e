import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { WorldError } from '../../city/problem.js';
import { askHolder, type Held, holdInTurn } from '../locks/hold.js';

interface Hello {
  readonly pid: number;
  readonly user: string;
  readonly doing: string;
}

/**
 * Does something to a pki while no other process does.
 *
 * @param waitMs how long to wait for another process that does
 * @throws {WorldError} with who it is, when that takes longer
 */
export async function inTurn<T>(folder: string, doing: string, work: () => Promise<T>, waitMs = 0): Promise<T> {
  // Elsewhere there is no such lock: a stack can be synthesised there, and runs its `up` on Linux.
  if (process.platform !== 'linux') return work();
  const lock = await take(folder, { pid: process.pid, user: userInfo().username, doing }, waitMs);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function take(folder: string, hello: Hello, waitMs: number): Promise<Held> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `citydc-pki-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 12)}`;
  const taken = new WorldError('taken');
  try {
    return await holdInTurn(name, waitMs, () => taken, hello);
  } catch (error) {
    throw error === taken ? held(folder, await askHolder<Hello>(name)) : error;
  }
}

function held(folder: string, by: Hello | undefined): WorldError {
  const who = by === undefined ? 'another process' : `'${by.doing}' of user ${by.user} (process ${by.pid})`;
  return new WorldError(`${who} is at work on the certificates in ${folder}`, {
    hint: 'wait for it to end, then run the command again; nothing was changed by this one',
  });
}
