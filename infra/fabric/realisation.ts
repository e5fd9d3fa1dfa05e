import type { City } from '../city/model.js';
import type { Topology } from '../site/topology.js';
import type { ActiveFault, Fabric } from './fabric.js';
import type { Check, CheckResult } from './steady-state.js';

/** The city that runs, as drills, faults and `status` see it. */
export interface RunningCity {
  readonly city: City;
  readonly topology: Topology;
  readonly checks: readonly Check[];
  readonly fabric: Fabric;
  readonly drillsFolder: string;
  /** What must hold in this fabric beside the checks of every city. */
  standing(faults: readonly ActiveFault[]): Promise<Standing>;
}

export interface Standing {
  readonly results: readonly CheckResult[];
  /** For programs: what only this fabric has. */
  readonly facts: object;
}
