import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';
import type { ActiveFault, Fabric } from '../fabric.js';
import { readFaults } from '../faults/store.js';
import type { Held } from '../locks/hold.js';
import { type LockScope, type Locks, locksOf } from '../locks/locks.js';

/** What a keeper needs of its realisation. */
export interface Keeping {
  readonly scope: LockScope;
  /** Where faults are recorded. */
  readonly faults: string;
  /** The city as it is now, for healing an overdue fault: it may have changed since the keeper started. Undefined when there is none. */
  readonly fabricNow: () => Promise<Fabric | undefined>;
  /** What else this realisation does at every tick. */
  readonly attend: (active: readonly ActiveFault[]) => Promise<void>;
  readonly pace: KeeperPace;
  readonly ending: AbortSignal;
  readonly log: (text: string) => void;
}

export interface KeeperPace {
  /** Time between two looks at the faults. */
  readonly tickMs: number;
  /** The keeper ends when there was no fault for so long; undefined: it stays. */
  readonly idleMs: number | undefined;
}

/**
 * Runs as a city's keeper until `ending` aborts or it was idle for too long: heals faults when their time is up, and does what its
 * realisation needs besides. All its state is in the state folder, so it may be killed at any time and started again.
 *
 * @param ready called once it is the keeper, before its first look; what it returns is called at the end
 * @throws {WorldError} when another keeper runs
 */
export async function keep(keeping: Keeping, ready: () => Promise<() => void> = async () => () => undefined): Promise<void> {
  const { scope, faults, ending, pace, log } = keeping;
  const locks = locksOf(scope);
  const mine = await locks.becomeKeeper();
  const done = await ready();
  let trouble = '';
  for (
    let quietSince = performance.now();
    !ending.aborted;
    await pause(pace.tickMs, undefined, { signal: ending }).catch(() => undefined)
  ) {
    const active = await readFaults(faults);
    if (active.length > 0) quietSince = performance.now();
    else if (pace.idleMs !== undefined && performance.now() - quietSince > pace.idleMs && (await leave(locks, faults, mine))) break;
    const now = await tick(keeping, active).then(
      () => '',
      (error: unknown) => `faults could not be held or healed, trying again: ${wordsOf(error)}`,
    );
    // Logged once: it is tried several times a second.
    if (now !== '' && now !== trouble) log(now);
    trouble = now;
  }
  done();
  mine.close();
}

const wordsOf = (error: unknown): string => (error instanceof WorldError ? `${error.message} (${error.cause})` : String(error));

async function tick({ fabricNow, attend, log }: Keeping, active: readonly ActiveFault[]): Promise<void> {
  try {
    await healOverdue(fabricNow, active, log);
  } finally {
    await attend(active);
  }
}

/** Ends only while no fault can be injected: the next command that injects one finds no keeper, and starts one. */
async function leave(locks: Locks, faults: string, mine: Held): Promise<boolean> {
  const held = await locks.holdFaults(0).catch(() => undefined);
  if (held === undefined) return false;
  const isQuiet = (await readFaults(faults)).length === 0;
  if (isQuiet) mine.close();
  held.close();
  return isQuiet;
}

/** Each by itself: a host that does not answer must not keep another's faults active. */
async function healOverdue(fabricNow: Keeping['fabricNow'], active: readonly ActiveFault[], log: Keeping['log']): Promise<void> {
  const now = new Date().toISOString();
  const overdue = active.filter(({ healBy }) => healBy !== undefined && healBy <= now);
  const fabric = overdue.length === 0 ? undefined : await fabricNow();
  if (fabric === undefined) return;
  const healed = await Promise.allSettled(overdue.map(({ id }) => fabric.heal([id])));
  for (const { id, by } of healed.flatMap(each => (each.status === 'fulfilled' ? each.value : []))) log(`undone in time: ${id} of ${by}`);
  const failed = healed.find(each => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
