import { WorldError } from '../city/problem.js';
import { type KeeperHello, locksOf } from '../fabric/locks/locks.js';
import type { RunningCity } from '../fabric/realisation.js';
import { type CheckResult, checksOf } from '../fabric/steady-state.js';
import { topologyOf } from '../site/topology.js';
import { readApplied, readPhase } from './applied.js';
import { labFabric } from './fabric.js';
import { requireMachine } from './requirements.js';
import type { StateFolder } from './state-folder.js';

/** The city in the lab on this machine. @throws {WorldError} when none is up, or its `up` or `down` was cut short */
export async function openLab(state: StateFolder): Promise<RunningCity> {
  await requireMachine();
  const phase = await readPhase(state);
  const applied = await readApplied(state);
  if (phase === undefined) throw new WorldError('no city is up on this machine', { hint: 'bring one up with `npm start` or `citydc up`' });
  if (phase.phase !== 'running' || applied === undefined)
    throw new WorldError(`the city is incomplete (${phase.phase} was cut short)`, { hint: 'run `citydc up` or `citydc down`' });
  const topology = topologyOf(applied.city);
  return {
    city: applied.city,
    topology,
    checks: checksOf(topology),
    fabric: labFabric(state, { hosts: topology.machines, wires: topology.wires }),
    drillsFolder: state.drills,
    ownChecks: async () => ({ results: [keeperResult(await locksOf(state.locks).askKeeper())], facts: {} }),
  };
}

/** Without its keeper a lab has no pages, and faults are not healed when their time is up. */
const keeperResult = (keeper: KeeperHello | undefined): CheckResult =>
  keeper === undefined
    ? { check: 'keeper', state: 'late', detail: 'the keeper does not run; `citydc up` starts it' }
    : { check: 'keeper', state: 'ok', detail: `process ${keeper.pid}` };
