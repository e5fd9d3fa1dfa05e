/** What one process of a realisation holds at a time: its keeper, `up` or `down`, and whoever injects or heals faults. */

import type { Server } from 'node:net';
import { WorldError } from '../../city/problem.js';
import { askHolder, hold, holdInTurn } from './hold.js';

/** Whom a realisation's locks keep out. */
export interface LockScope {
  /** Begins the names of the keeper and of `up` and `down`: a machine's, where it runs one city only, else a state folder's. */
  readonly runs: string;
  /** Begins the name of the lock on faults: always a state folder's. */
  readonly faults: string;
  /** How long another command may take at the faults. */
  readonly faultsDeadlineMs: number;
  readonly stateFolder: string;
}

/** What a keeper answers whoever asks. */
export interface KeeperHello {
  readonly pid: number;
  readonly stateFolder: string;
}

export interface Locks {
  /** Listens as the keeper. @throws {WorldError} when there is one already */
  becomeKeeper(): Promise<Server>;
  /** The keeper, when one runs, of whichever state folder. One that is stopped or answers nonsense is none. */
  askKeeper(): Promise<KeeperHello | undefined>;
  /** Keeps every other `up` and `down` out until it is closed or this process ends. @throws {WorldError} when one is at work */
  holdOperation(): Promise<Server>;
  /** Looks only. @throws {WorldError} when another `up` or `down` is at work */
  refuseOtherOperation(): Promise<void>;
  /** Waits until no other process injects or heals faults of this city. @throws {WorldError} when another takes too long */
  holdFaults(deadlineMs?: number): Promise<Server>;
}

/** All end with the process that holds them, however it ends; nothing stays on a disk. */
export function locksOf({ runs, faults, faultsDeadlineMs, stateFolder }: LockScope): Locks {
  const [keeper, operation] = [`${runs}-keeper`, `${runs}-operation`];
  return {
    becomeKeeper: () =>
      hold(keeper, { pid: process.pid, stateFolder } satisfies KeeperHello, () => new WorldError('another keeper keeps these faults')),
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
