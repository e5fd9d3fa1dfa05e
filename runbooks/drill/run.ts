/** One run of a drill, as its steps see it. */

import type { Fabric } from '../../infra/fabric/fabric.js';
import type { Check } from '../../infra/fabric/steady-state.js';
import type { Journal } from '../evidence/journal.js';
import type { Clients } from './clients.js';
import type { Drill, DrillPlan } from './drill.js';
import type { Sentinels } from './sentinels.js';

/** Where a run happens, and how it reports. */
export interface Stage {
  readonly fabric: Fabric;
  readonly checks: readonly Check[];
  readonly drillsFolder: string;
  /** Epoch milliseconds that never go back. */
  nowMs(): number;
  /** Waits; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Shows what is happening now, for a person; the next text replaces it. */
  progress(text: string): void;
  /** Shows what has happened, for a person; the text stays. */
  note(text: string): void;
}

export interface Run {
  readonly id: string;
  readonly drill: Drill;
  readonly plan: DrillPlan;
  readonly folder: string;
  readonly journal: Journal;
  readonly stage: Stage;
  /** Aborted by Ctrl-C; in a rollback, never. */
  readonly signal: AbortSignal;
  /** Started by this process; a recovery has none. */
  clients: Clients | undefined;
  sentinels: Sentinels | undefined;
}
