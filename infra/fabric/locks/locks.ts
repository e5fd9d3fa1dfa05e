/** What one process of a realisation holds at a time: being its keeper, an `up` or `down`, and a change of faults. */

import type { Server } from 'node:net';
import { WorldError } from '../../city/problem.js';
import { askHolder, hold, holdInTurn } from './hold.js';

/** The names of a realisation's locks: processes with the same names exclude each other. */
export interface LockScope {
  /** Prefix for the keeper and for `up` and `down`: one per machine where it can run only one city, else one per state folder. */
  readonly runs: string;
  /** Prefix for the lock on faults: always one per state folder. */
  readonly faults: string;
  /** How long to wait for another command that changes faults. */
  readonly faultsDeadlineMs: number;
  readonly stateFolder: string;
}

/** What a keeper answers a process that connects. */
export interface KeeperHello {
  readonly pid: number;
  readonly stateFolder: string;
}

/** The locks of one realisation. What a method returns is released by closing it. */
export interface Locks {
  /** Listens as the keeper. @throws {WorldError} when there is one already */
  becomeKeeper(): Promise<Server>;
  /** The keeper that runs, of whichever state folder; undefined when none does, or it is stopped or does not answer sensibly. */
  askKeeper(): Promise<KeeperHello | undefined>;
  /** Keeps every other `up` and `down` out until it is closed or this process ends. @throws {WorldError} when one runs */
  holdOperation(): Promise<Server>;
  /** Holds nothing. @throws {WorldError} when another `up` or `down` runs */
  refuseOtherOperation(): Promise<void>;
  /** Waits until no other process injects or heals faults of this city. @throws {WorldError} when another takes too long */
  holdFaults(deadlineMs?: number): Promise<Server>;
}

/** The locks of a scope. All are released when their process ends, however it ends; nothing stays on a disk. */
export function locksOf({ runs, faults, faultsDeadlineMs, stateFolder }: LockScope): Locks {
  const [keeper, operation] = [`${runs}-keeper`, `${runs}-operation`];
  return {
    becomeKeeper: () =>
      hold(keeper, { pid: process.pid, stateFolder } satisfies KeeperHello, () => new WorldError('another keeper of this city runs')),
    askKeeper: () => askHolder<KeeperHello>(keeper),
    holdOperation: () => hold(operation, { pid: process.pid }, atWork),
    refuseOtherOperation: async () => {
      if ((await askHolder(operation)) !== undefined) throw atWork();
    },
    holdFaults: (deadlineMs = faultsDeadlineMs) => holdInTurn(`${faults}-faults`, deadlineMs, atFaults),
  };
}

const atWork = (): WorldError =>
  new WorldError('another `citydc up` or `down` is at work', { hint: 'wait for it to end, then run the command again' });
const atFaults = (): WorldError =>
  new WorldError('another command injects or heals faults of this city', { hint: 'wait for it to end, then try again' });
