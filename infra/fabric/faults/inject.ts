/** Injects and heals a city's faults. Each is recorded before it is applied and until it is undone; a fabric supplies the mechanism. */

import { WorldError } from '../../city/problem.js';
import type { Host, Wire } from '../../site/host.js';
import type { ActiveFault, Fabric, Fault } from '../fabric.js';
import type { Held } from '../locks/hold.js';
import { endsOf, hostsOff, type LineEnd } from './lines.js';
import { forgetFault, readFaults, recordFault } from './store.js';

/** What faults can concern in a city: its hosts, by name, and its wires. */
export interface Cabling {
  readonly hosts: readonly Pick<Host, 'name'>[];
  readonly wires: readonly Wire[];
}

/** How a fabric applies faults. Every call may be repeated. */
export interface FaultMeans {
  /** The mechanism in words, for the record. @throws {WorldError} when the fault cannot be applied here */
  wordsOf(fault: Fault): Promise<string>;
  /** @throws {WorldError} when no keeper runs that this fault needs: to hold it, or (`timed`) to undo it in time */
  requireKeeper(timed: boolean): Promise<void>;
  /** Brings ends of lines to what the active faults do to them. */
  setLines(ends: readonly LineEnd[]): Promise<void>;
  powerOff(hosts: readonly string[]): Promise<void>;
  /** @param active the faults that stay active */
  powerOn(hosts: readonly string[], active: readonly ActiveFault[]): Promise<void>;
}

/** A city whose faults are changed. */
export interface FaultContext {
  /** Where faults are recorded. */
  readonly folder: string;
  readonly cabling: Cabling;
  readonly means: FaultMeans;
  /** Waits until no other process changes this city's faults, and keeps others out until it is closed. */
  hold(): Promise<Held>;
}

/** The methods of a Fabric that concern faults. */
export const faultMethods = (context: FaultContext): Pick<Fabric, 'inject' | 'heal' | 'faults'> => ({
  inject: (fault, options) => withFaultsLocked(context, () => inject(context, fault, options)),
  heal: ids => withFaultsLocked(context, () => undo(context, ids)),
  faults: () => readFaults(context.folder),
});

/** Runs work while no other process changes the faults: two at once would each apply a set of faults that the other has changed. */
export async function withFaultsLocked<T>({ hold }: Pick<FaultContext, 'hold'>, work: () => Promise<T>): Promise<T> {
  const held = await hold();
  try {
    return await work();
  } finally {
    held.close();
  }
}

async function inject(
  context: FaultContext,
  fault: Fault,
  { by, healAfterSeconds }: { by: string; healAfterSeconds?: number },
): Promise<ActiveFault> {
  const means = await context.means.wordsOf(fault);
  await context.means.requireKeeper(healAfterSeconds !== undefined);
  const now = Date.now();
  const healBy = healAfterSeconds === undefined ? undefined : new Date(now + healAfterSeconds * 1000).toISOString();
  const record = await recordFault(context.folder, { fault, injectedAt: new Date(now).toISOString(), healBy, by, means });
  try {
    await apply(context, [record], await readFaults(context.folder));
  } catch (error) {
    // Half a fault is none: what was applied is undone, and the first failure is reported.
    await undo(context, [record.id]).catch(() => undefined);
    throw error;
  }
  return record;
}

async function undo(context: FaultContext, ids: readonly string[] | undefined): Promise<readonly ActiveFault[]> {
  const active = await readFaults(context.folder);
  const ended = active.filter(({ id }) => ids === undefined || ids.includes(id));
  const staying = active.filter(fault => !ended.includes(fault));
  await apply(context, ended, staying);
  for (const { id } of ended) await forgetFault(context.folder, id);
  return ended;
}

/** Brings the lines and hosts that the changed faults concern to what the active faults do to them. */
async function apply({ cabling, means }: FaultContext, changed: readonly ActiveFault[], active: readonly ActiveFault[]): Promise<void> {
  const off = hostsOff(active);
  const hosts = [...hostsOff(changed)].filter(host => cabling.hosts.some(({ name }) => name === host));
  await means.setLines(endsOf(cabling.wires, changed, active));
  await means.powerOff(hosts.filter(host => off.has(host)));
  await means.powerOn(
    hosts.filter(host => !off.has(host)),
    active,
  );
}

/** The name of a host. @throws {WorldError} when the city has no such host */
export function requireHost({ hosts }: Cabling, host: string): string {
  if (hosts.some(({ name }) => name === host)) return host;
  throw new WorldError(`there is no host '${host}' in the running city`, { hint: 'list them with `citydc plan`' });
}
