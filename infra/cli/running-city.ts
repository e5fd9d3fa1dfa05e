import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import { readApplied, readPhase } from '../lab/applied.js';
import { labFabric } from '../lab/fabric.js';
import { requireMachine } from '../lab/requirements.js';
import type { Fabric } from '../site/fabric.js';
import { type Check, checksOf } from '../site/steady-state.js';
import { type Topology, topologyOf } from '../site/topology.js';
import type { Context } from './command.js';
import { stateOf } from './place.js';

/** The city that runs on this machine, as drills, faults and `status` see it. */
export interface RunningCity {
  readonly city: City;
  readonly topology: Topology;
  readonly checks: readonly Check[];
  readonly fabric: Fabric;
  readonly drillsFolder: string;
}

/** @throws {WorldError} when no city is up here, or one is only half made */
export async function openRunningCity(context: Pick<Context, 'env'>): Promise<RunningCity> {
  await requireMachine();
  const state = stateOf(context);
  const phase = await readPhase(state);
  const applied = await readApplied(state);
  if (phase === undefined) throw new WorldError('no city is up on this machine', { hint: 'bring one up with `npm start` or `citydc up`' });
  if (phase.phase !== 'running' || applied === undefined)
    throw new WorldError(`the city is only half there (${phase.phase} was cut short)`, { hint: 'run `citydc up` or `citydc down`' });
  const topology = topologyOf(applied.city);
  const fabric = labFabric(state, { hosts: topology.machines, wires: topology.wires });
  return { city: applied.city, topology, checks: checksOf(topology), fabric, drillsFolder: state.drills };
}
