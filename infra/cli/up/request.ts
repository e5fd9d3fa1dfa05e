import type { City } from '../../city/model.js';
import type { UpPlan } from '../../fabric/convergence/plan.js';
import type { CheckResult } from '../../fabric/steady-state.js';
import { type LateMachine, lateMachineWords } from '../../fabric/while-watched.js';
import type { ExitCode } from '../command.js';

/** What `up` is asked for, whatever brings the city up. */
export interface UpRequest {
  /** Checked; of the districts that were asked for only. */
  readonly city: City;
  /** As the operator named the inventory, and the districts of it; all when empty. */
  readonly inventory: string;
  readonly districts: string;
  readonly deadlineMs: number;
  readonly late: (late: readonly CheckResult[], hold: number, of: number) => void;
}

/** Where a request is brought up. */
export interface Target {
  /** Looks only: what `up` would do. */
  plan(): Promise<UpPlan>;
  up(): Promise<ExitCode>;
}

/** What is late on a machine that was late needs the machine looked at first. What is well on one needs nothing. */
export const machineLines = ({
  late,
  machine,
}: {
  readonly late: readonly CheckResult[];
  readonly machine: LateMachine | undefined;
}): readonly string[] =>
  machine === undefined || late.length === 0 ? [] : [`machine: ${lateMachineWords(machine, 'while the city came up', 'what is late')}`];
