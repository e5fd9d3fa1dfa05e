import type { City } from '../city/model.js';
import type { ActiveFault, Fabric } from '../fabric/fabric.js';
import type { Check, CheckResult } from '../fabric/steady-state.js';
import type { Topology } from '../site/topology.js';
import type { Context, FabricKind } from './command.js';

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

/** What opens a city needs to know: a fabric that nobody named is the lab. */
export type Opening = Pick<Context, 'env'> & Partial<Pick<Context, 'fabric'>>;

/** The code of a fabric is loaded when it is asked for. */
const OPENERS = {
  lab: async opening => (await import('./running/lab.js')).openLab(opening),
  docker: async opening => (await import('./running/docker.js')).openDocker(opening),
} as const satisfies Record<FabricKind, (opening: Opening) => Promise<RunningCity>>;

/** @throws {WorldError} when no city is up there, or one is only half made */
export const openRunningCity = (opening: Opening): Promise<RunningCity> => OPENERS[opening.fabric ?? 'lab'](opening);
