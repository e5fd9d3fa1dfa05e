/** The one hand at a city's faults: what is written down when, and in which order it is done and undone. Fabrics only bring the means. */

import type { Server } from 'node:net';
import { WorldError } from '../../city/problem.js';
import type { Host, Wire } from '../../site/host.js';
import type { ActiveFault, Fabric, Fault } from '../fabric.js';
import { endsOf, hostsOff, type LineEnd } from './lines.js';
import { forgetFault, readFaults, recordFault } from './store.js';

/** What a fabric must know of a city: its hosts' names and its wires. */
export interface Cabling {
  readonly hosts: readonly Pick<Host, 'name'>[];
  readonly wires: readonly Wire[];
}

/** How a fabric does what faults ask for. All of it is safe twice. */
export interface FaultMeans {
  /** In words. @throws {WorldError} when it cannot be done here */
  wordsOf(fault: Fault): Promise<string>;
  /** @throws {WorldError} when nobody would keep the fault, or undo it in time */
  requireKeeper(timed: boolean): Promise<void>;
  setLines(ends: readonly LineEnd[]): Promise<void>;
  powerOff(hosts: readonly string[]): Promise<void>;
  /** @param active the faults that stay in force */
  powerOn(hosts: readonly string[], active: readonly ActiveFault[]): Promise<void>;
}

export interface Faulty {
  /** Where faults are written down. */
  readonly folder: string;
  readonly cabling: Cabling;
  readonly means: FaultMeans;
  /** Waits until nobody else is at this city's faults. */
  hold(): Promise<Server>;
}

/** The fabric's verbs for faults. */
export const faultHand = (faulty: Faulty): Pick<Fabric, 'inject' | 'heal' | 'faults'> => ({
  inject: (fault, options) => inTurn(faulty, () => inject(faulty, fault, options)),
  heal: ids => inTurn(faulty, () => undo(faulty, ids)),
  faults: () => readFaults(faulty.folder),
});

/** Two at once would each bring the city to a set of faults that the other has changed. */
export async function inTurn<T>({ hold }: Pick<Faulty, 'hold'>, work: () => Promise<T>): Promise<T> {
  const held = await hold();
  try {
    return await work();
  } finally {
    held.close();
  }
}

async function inject(
  faulty: Faulty,
  fault: Fault,
  { by, healAfterSeconds }: { by: string; healAfterSeconds?: number },
): Promise<ActiveFault> {
  const means = await faulty.means.wordsOf(fault);
  await faulty.means.requireKeeper(healAfterSeconds !== undefined);
  const now = Date.now();
  const healBy = healAfterSeconds === undefined ? undefined : new Date(now + healAfterSeconds * 1000).toISOString();
  const record = await recordFault(faulty.folder, { fault, injectedAt: new Date(now).toISOString(), healBy, by, means });
  try {
    await realise(faulty, [record], await readFaults(faulty.folder));
  } catch (error) {
    // Half a fault is none: what was set goes again, and the first failure is told.
    await undo(faulty, [record.id]).catch(() => undefined);
    throw error;
  }
  return record;
}

async function undo(faulty: Faulty, ids: readonly string[] | undefined): Promise<readonly ActiveFault[]> {
  const active = await readFaults(faulty.folder);
  const going = active.filter(({ id }) => ids === undefined || ids.includes(id));
  const staying = active.filter(fault => !going.includes(fault));
  await realise(faulty, going, staying);
  for (const { id } of going) await forgetFault(faulty.folder, id);
  return going;
}

/** Brings everything that the changed faults touch to what the faults in force ask for. */
async function realise({ cabling, means }: Faulty, changed: readonly ActiveFault[], active: readonly ActiveFault[]): Promise<void> {
  const off = hostsOff(active);
  const hosts = [...hostsOff(changed)].filter(host => cabling.hosts.some(({ name }) => name === host));
  await means.setLines(endsOf(cabling.wires, changed, active));
  await means.powerOff(hosts.filter(host => off.has(host)));
  await means.powerOn(
    hosts.filter(host => !off.has(host)),
    active,
  );
}

/** @throws {WorldError} when a city has no such host */
export function mustKnow({ hosts }: Cabling, host: string): string {
  if (hosts.some(({ name }) => name === host)) return host;
  throw new WorldError(`there is no host '${host}' in the running city`, { hint: 'list them with `citydc plan`' });
}
