import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../../city/problem.js';
import type { ActiveFault } from '../../fabric/fabric.js';
import { endsOf, hostsOff } from '../../fabric/faults/lines.js';
import { readFaults } from '../../fabric/faults/store.js';
import { topologyOf } from '../../site/topology.js';
import type { Client } from '../client.js';
import { readDeployed } from '../deployed.js';
import { assertFaults, type Docked, dockerFabric } from '../fabric.js';
import { TUNNELS } from '../seats.js';
import { startTimes } from '../start-times.js';
import type { DockerState } from '../state-folder.js';
import { becomeKeeper, holdFaults } from './single.js';

export interface Keeping {
  readonly state: DockerState;
  readonly client: Client;
  readonly ending: AbortSignal;
  readonly log: (text: string) => void;
  readonly pace?: Pace;
}

/** Milliseconds. */
interface Pace {
  /** Between two looks at the timers. */
  readonly tick: number;
  /** Between two looks at whether containers were started anew. */
  readonly watch: number;
  /** All faults are asserted anew after so long: a device that was laid anew has lost them, too. */
  readonly sweep: number;
  /** Without a fault for so long, the keeper ends. */
  readonly idle: number;
}
const PACE: Pace = { tick: 250, watch: 1000, sweep: 15_000, idle: 5000 };

/**
 * Lives while faults are in force: undoes them when their time is up, and sets them again where a container has lost them.
 *
 * It holds nothing that is not in the state folder, so it may die at any time; the next fault starts it again.
 */
export async function keep(keeping: Keeping): Promise<void> {
  const { state, ending, log, pace = PACE } = keeping;
  const server = await becomeKeeper(state);
  const attend = attention(keeping, pace);
  let trouble = '';
  for (let quietSince = performance.now(); !ending.aborted; await pause(pace.tick, undefined, { signal: ending }).catch(() => undefined)) {
    const active = await readFaults(state.faults);
    if (active.length > 0) quietSince = performance.now();
    else if (performance.now() - quietSince > pace.idle && (await leave(state, server))) return;
    const now = await attend(active).then(
      () => '',
      (error: unknown) => `faults could not be kept, trying again: ${wordsOf(error)}`,
    );
    // Once: it is tried several times a second.
    if (now !== '' && now !== trouble) log(now);
    trouble = now;
  }
  server.close();
}

const wordsOf = (error: unknown): string => (error instanceof WorldError ? `${error.message} (${error.cause})` : String(error));

/** Ends only while nobody can set a fault: who does so next finds no keeper, and starts one. */
async function leave(state: DockerState, server: { close(): unknown }): Promise<boolean> {
  const held = await holdFaults(state, 0).catch(() => undefined);
  if (held === undefined) return false;
  const isQuiet = (await readFaults(state.faults)).length === 0;
  if (isQuiet) server.close();
  held.close();
  return isQuiet;
}

/** What is done at every tick. */
function attention({ state, client, log }: Keeping, pace: Pace): (active: readonly ActiveFault[]) => Promise<void> {
  let known: ReadonlyMap<string, string> = new Map();
  let [watched, swept] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return async active => {
    await healOverdue(state, client, active, log);
    if (active.length === 0 || performance.now() - watched < pace.watch) return;
    const docked = await dockedIn(state, client);
    const hosts = concernedBy(docked, active);
    const times = await startTimes(docked, hosts);
    const isSweep = performance.now() - swept > pace.sweep;
    const anew = hosts.filter(host => times.get(host) !== known.get(host));
    if (isSweep || anew.length > 0) await assertFaults(docked, isSweep ? undefined : new Set(anew));
    known = times;
    watched = performance.now();
    if (isSweep) swept = watched;
  };
}

/** One by one: a Docker host that does not answer must not keep another's faults in force. */
async function healOverdue(state: DockerState, client: Client, active: readonly ActiveFault[], log: Keeping['log']): Promise<void> {
  const now = new Date().toISOString();
  const overdue = active.filter(({ healBy }) => healBy !== undefined && healBy <= now);
  if (overdue.length === 0) return;
  const fabric = dockerFabric(await dockedIn(state, client));
  const healed = await Promise.allSettled(overdue.map(({ id }) => fabric.heal([id])));
  for (const { id, by } of healed.flatMap(each => (each.status === 'fulfilled' ? each.value : []))) log(`undone in time: ${id} of ${by}`);
  const failed = healed.find(each => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

const dockedIn = async (state: DockerState, client: Client): Promise<Docked> => ({
  ...{ state, client, keeper: '' },
  topology: topologyOf((await readDeployed(state)).city, TUNNELS),
});

const concernedBy = ({ topology: { wires, machines } }: Docked, active: readonly ActiveFault[]): readonly string[] => {
  const concerned = new Set([...hostsOff(active), ...endsOf(wires, active, active).map(({ host }) => host)]);
  return machines.map(({ name }) => name).filter(name => concerned.has(name));
};
