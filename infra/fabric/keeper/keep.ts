import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';
import type { ActiveFault, Fabric } from '../fabric.js';
import { readFaults } from '../faults/store.js';
import { type LockScope, type Locks, locksOf } from '../locks/locks.js';

export interface Keeping {
  readonly scope: LockScope;
  /** Where faults are written down. */
  readonly faults: string;
  /** The city as it is when a fault is overdue: it may have been changed since the keeper started. Undefined when there is none. */
  readonly fabricNow: () => Promise<Fabric | undefined>;
  /** What else this realisation needs at every tick. */
  readonly attend: (active: readonly ActiveFault[]) => Promise<void>;
  readonly pace: KeeperPace;
  readonly ending: AbortSignal;
  readonly log: (text: string) => void;
}

export interface KeeperPace {
  /** Between two looks at the timers. */
  readonly tickMs: number;
  /** Without a fault for so long, the keeper ends; undefined: it lives on. */
  readonly idleMs: number | undefined;
}

/**
 * The life of a city's keeper: it heals faults when their time is up, and does what its realisation needs besides.
 *
 * It holds nothing that is not in the state folder, so it may be killed at any time and started again.
 *
 * @param ready called when it is the keeper and before its first look; what it returns is called at the end
 * @throws {WorldError} when another keeper runs
 */
export async function keep(keeping: Keeping, ready: () => Promise<() => void> = async () => () => undefined): Promise<void> {
  const { scope, faults, ending, pace, log } = keeping;
  const locks = locksOf(scope);
  const server = await locks.becomeKeeper();
  const done = await ready();
  let trouble = '';
  for (
    let quietSince = performance.now();
    !ending.aborted;
    await pause(pace.tickMs, undefined, { signal: ending }).catch(() => undefined)
  ) {
    const active = await readFaults(faults);
    if (active.length > 0) quietSince = performance.now();
    else if (pace.idleMs !== undefined && performance.now() - quietSince > pace.idleMs && (await leave(locks, faults, server))) break;
    const now = await tick(keeping, active).then(
      () => '',
      (error: unknown) => `faults could not be kept, trying again: ${wordsOf(error)}`,
    );
    // Once: it is tried several times a second.
    if (now !== '' && now !== trouble) log(now);
    trouble = now;
  }
  done();
  server.close();
}

const wordsOf = (error: unknown): string => (error instanceof WorldError ? `${error.message} (${error.cause})` : String(error));

async function tick({ fabricNow, attend, log }: Keeping, active: readonly ActiveFault[]): Promise<void> {
  try {
    await healOverdue(fabricNow, active, log);
  } finally {
    await attend(active);
  }
}

/** Ends only while nobody can inject a fault: who does so next finds no keeper, and starts one. */
async function leave(locks: Locks, faults: string, server: { close(): unknown }): Promise<boolean> {
  const held = await locks.holdFaults(0).catch(() => undefined);
  if (held === undefined) return false;
  const isQuiet = (await readFaults(faults)).length === 0;
  if (isQuiet) server.close();
  held.close();
  return isQuiet;
}

/** One by one: a host that does not answer must not keep another's faults active. */
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
