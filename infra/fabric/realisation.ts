/** A realisation runs cities: the lab on this machine, Docker hosts. Another one is a folder, and a line in `infra/cli/realisations.ts`. */

import type { City } from '../city/model.js';
import type { Topology } from '../site/topology.js';
import type { UpPlan } from './convergence/plan.js';
import type { ActiveFault, Fabric } from './fabric.js';
import type { Check, CheckResult } from './steady-state.js';
import type { LateMachine } from './while-watched.js';

/** A running city, as drills, faults and `status` use it. */
export interface RunningCity {
  readonly city: City;
  readonly topology: Topology;
  readonly checks: readonly Check[];
  readonly fabric: Fabric;
  readonly drillsFolder: string;
  /** Answers the checks that only this realisation has, beside those of every city. */
  ownChecks(faults: readonly ActiveFault[]): Promise<OwnChecks>;
}

/** What only one realisation checks, as that the keeper of the lab runs. */
export interface OwnChecks {
  readonly results: readonly CheckResult[];
  /** For `--json`: what only this realisation has. */
  readonly facts: object;
}

/** What runs cities, as commands use it. */
export interface Realisation {
  /** Where the evidence of drills is kept. */
  readonly drillsFolder: string;
  /** The running city. @throws {WorldError} when there is none, or its `up` was cut short */
  open(): Promise<RunningCity>;
  /** Accepts a request; nothing is changed yet. @throws {InputError} when this installation cannot bring that city up */
  up(wanted: WantedCity): Promise<PreparedUp>;
  /** Takes the city down. @param data whether its data, which cannot be made again, is removed too */
  down(data: boolean): Promise<DownResult>;
}

/** What is to be brought up, as the operator gave it. */
export interface WantedCity {
  readonly inventory: string;
  /** Aggregation nodes of a part of the city; empty: all of it. */
  readonly districts: string;
  /** Only for some realisations; the others ignore it. */
  readonly image?: string;
  readonly registry?: string;
  readonly logDriver?: string;
  readonly writablePages?: boolean;
}

/** An accepted request. Its methods take the checked city, or the part of it that was requested. */
export interface PreparedUp {
  /** What `up` would do; changes nothing. */
  plan(city: City): Promise<UpPlan>;
  /** Brings the city up, or a running one to it, and waits for steady state, at most until the deadline. */
  up(city: City, deadlineMs: number): Promise<UpResult>;
}

/** What `up` did. */
export interface UpResult {
  readonly city: City;
  /** One line: what is there now, and what was done for it. */
  readonly did: string;
  /** What does not hold yet; none when the city is healthy. */
  readonly late: readonly CheckResult[];
  /** How late a machine was meanwhile, when it was too late. */
  readonly machine: LateMachine | undefined;
  /** For `--json`: what only this realisation has. */
  readonly facts: object;
  /** Addresses of the city's programs, for a browser on this machine. */
  readonly pages: readonly Page[];
  /** Commands to try next, with what they show. */
  readonly next: readonly (readonly [command: string, shows: string])[];
  /** The command that waits for steady state once more. */
  readonly again: string;
}

/** A program of the running city, at the URL that a browser on this machine opens: with the token that lets it in. */
export interface Page {
  readonly name: string;
  readonly host: string;
  readonly url: string;
}

/** What `down` did. */
export interface DownResult {
  /** One line. */
  readonly did: string;
  readonly facts: object;
}

/** What a realisation may know of the command that calls it. */
export interface Caller {
  /** The state folder: `.citydc`, or what `CITYDC_STATE` names. */
  readonly state: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line that reaches the same city again, as `npx citydc --fabric docker`. */
  readonly call: string;
  progress(what: string, done: number, of: number): void;
  /** A line for the operator, as that certificates were renewed. */
  note(text: string): void;
  /** Called after every round of checks while the city comes to steady state: what is late, and how many checks hold of how many. */
  late(late: readonly CheckResult[], hold: number, of: number): void;
  /** Aborted by Ctrl-C. A caller that takes it promises to stop in order. */
  interrupted(): AbortSignal;
}
