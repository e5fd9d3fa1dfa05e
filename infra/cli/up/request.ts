import type { City } from '../../city/model.js';
import type { UpPlan } from '../../site/convergence/plan.js';
import type { CheckResult } from '../../site/steady-state.js';
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
