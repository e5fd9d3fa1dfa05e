/** What one process of a realisation holds at a time: being its keeper, an `up` or `down`, and a change of faults. */

import { WorldError } from '../../city/problem.js';
import { networkNamespace } from './folder.js';
import { askHolder, type Held, hold, holdInTurn } from './hold.js';

/** The names of a realisation's locks: processes with the same names exclude each other. */
export interface LockScope {
  /** Prefix for the keeper and for `up` and `down`: one for all cities where only one can run at a time, else one per state folder. */
  readonly runs: string;
  /** Whether another network namespace of this machine is another machine to it. */
  readonly perNetwork: boolean;
  /** Prefix for the lock on faults: always one per state folder. */
  readonly faults: string;
  /** How long to wait for another command that changes faults. */
  readonly faultsDeadlineMs: number;
  readonly stateFolder: string;
}

/** What a keeper says of itself. */
export interface KeeperHello {
  readonly pid: number;
  readonly stateFolder: string;
}

/** The locks of one realisation. What a method returns is released by closing it. */
export interface Locks {
  /** Makes this process the keeper. @throws {WorldError} when there is one already */
  becomeKeeper(): Promise<Held>;
  /** The keeper that runs, of whichever state folder; undefined when none does. */
  askKeeper(): Promise<KeeperHello | undefined>;
  /** Keeps every other `up` and `down` out until it is closed or this process ends. @throws {WorldError} when one runs */
  holdOperation(): Promise<Held>;
  /** Holds nothing. @throws {WorldError} when another `up` or `down` runs */
  refuseOtherOperation(): Promise<void>;
  /** Waits until no other process injects or heals faults of this city. @throws {WorldError} when another takes too long */
  holdFaults(deadlineMs?: number): Promise<Held>;
}

/** The locks of a scope, among the processes of this user. All are released when their process ends, however it ends. */
export function locksOf({ runs, perNetwork, faults, faultsDeadlineMs, stateFolder }: LockScope): Locks {
  const here = perNetwork ? `${runs}-in-${networkNamespace()}` : runs;
  const [keeper, operation] = [`${here}-keeper`, `${here}-operation`];
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
