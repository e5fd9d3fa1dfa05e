import { WorldError } from '../city/problem.js';
import type { Topology } from '../site/topology.js';
import { handBack } from './cluster.js';
import type { Fabric } from './fabric.js';
import { readFaults } from './faults/store.js';
import { awaitSteady, type Waiting } from './observe.js';
import type { Check, CheckResult } from './steady-state.js';
import { type Watched, whileWatched } from './while-watched.js';

/** The running city, and how to wait for it. */
export interface Arriving extends Omit<Waiting, 'repair'> {
  readonly topology: Topology;
  readonly checks: readonly Check[];
  readonly fabric: Fabric;
}

/**
 * Waits for steady state after a change, and hands the writer back to the primary on the way.
 *
 * @returns the checks that do not hold at the deadline (none when the city is healthy), and how late a machine was meanwhile
 */
export const arrive = ({ topology, checks, fabric, ...waiting }: Arriving): Promise<Watched<readonly CheckResult[]>> =>
  whileWatched(
    topology,
    fabric,
    () => awaitSteady(checks, fabric, { ...waiting, repair: late => handBackWriter(checks, fabric, late) }),
    late => late.length === 0,
  );

/** A site that returns follows the other site's database: steady state needs the writer back at the primary. */
async function handBackWriter(checks: readonly Check[], fabric: Fabric, late: readonly CheckResult[]): Promise<void> {
  const check = checks.find(candidate => candidate.kind === 'database');
  if (check?.kind !== 'database' || !late.some(result => result.check === check.id && result.state === 'late')) return;
  // Patroni refuses while a candidate still catches up; the next round tries again.
  await handBack(fabric, check.members, check.leaders).catch(error => {
    if (!(error instanceof WorldError)) throw error;
  });
}

/**
 * Returns when no fault is active. A change would start hosts that a fault keeps off, and the keeper would switch them off again.
 *
 * @param folder where the city's faults are recorded
 * @param healing the command that undoes them, for the message
 * @throws {WorldError} while a fault is active
 */
export async function refuseWhileFaulty(folder: string, healing: string): Promise<void> {
  const faults = await readFaults(folder);
  if (faults.length > 0)
    throw new WorldError(`the city cannot be changed while a fault is active: ${faults.map(({ id }) => id).join(', ')}`, {
      hint: `undo it first: ${healing}`,
    });
}
