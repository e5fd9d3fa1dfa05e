/** What runs cities: the lab on this machine, Docker hosts. A further one is a folder of its own, and a line in the command's table. */

import type { City } from '../city/model.js';
import type { Topology } from '../site/topology.js';
import type { UpPlan } from './convergence/plan.js';
import type { ActiveFault, Fabric } from './fabric.js';
import type { Check, CheckResult } from './steady-state.js';
import type { LateMachine } from './while-watched.js';

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

export interface Realisation {
  /** Where the evidence of drills is kept. */
  readonly drillsFolder: string;
  /** The city that runs. @throws {WorldError} when none does, or one is only half made */
  open(): Promise<RunningCity>;
  /** @throws {InputError} when this installation cannot bring that up */
  up(wanted: WantedCity): Promise<Bringing>;
  /** @param data whether data that nobody can make again goes, too */
  down(data: boolean): Promise<Down>;
}

/** What is to be brought up, as the operator said it. */
export interface WantedCity {
  readonly inventory: string;
  /** Aggregation nodes of a part of the city; empty: all of it. */
  readonly districts: string;
  /** What only some realisations need; each takes what it knows. */
  readonly image?: string;
  readonly registry?: string;
  readonly logDriver?: string;
}

/** What was wanted, accepted. The city is checked, and of the districts only that were asked for. */
export interface Bringing {
  /** Looks only: what `up` would do. */
  plan(city: City): Promise<UpPlan>;
  /** Brings the city up, or what runs to it, and waits for steady state at most until the deadline. */
  up(city: City, deadlineMs: number): Promise<Up>;
}

/** What `up` did. */
export interface Up {
  readonly city: City;
  /** One line: what is there now, and what was done for it. */
  readonly did: string;
  /** What does not hold yet; none when the city is healthy. */
  readonly late: readonly CheckResult[];
  /** How late a machine was meanwhile, when it was too late. */
  readonly machine: LateMachine | undefined;
  /** For programs: what only this realisation has. */
  readonly facts: object;
  /** Where a browser finds the programs of the city. */
  readonly pages: readonly Page[];
  /** Commands to try next, with what they show. */
  readonly next: readonly (readonly [command: string, shows: string])[];
  /** The command that waits once more. */
  readonly again: string;
}

/** A page of the running city, as this machine's browser opens it. */
export interface Page {
  readonly name: string;
  readonly host: string;
  readonly url: string;
}

export interface Down {
  readonly did: string;
  readonly facts: object;
}

/** What a realisation may know of whoever calls it. */
export interface Caller {
  /** The folder in which everything is kept. */
  readonly state: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How a person calls the command for the same city again. */
  readonly call: string;
  progress(what: string, done: number, of: number): void;
  /** What is late, after every look at a city that comes to steady state. */
  late(late: readonly CheckResult[], hold: number, of: number): void;
  /** Aborted by Ctrl-C. Asking for it is a promise to stop in order. */
  interrupted(): AbortSignal;
}
