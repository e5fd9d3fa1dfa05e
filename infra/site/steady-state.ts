/**
 * "Is the city well?" as data, with one observer. `up`, `status` and drills ask the same list.
 */

import type { City } from '../city/model.js';
import type { Fabric } from './fabric.js';
import type { Layout } from './host.js';

/** `late`: not as it should be (yet). `unknown`: could not be read, so nothing is claimed. */
export type CheckState = 'ok' | 'late' | 'unknown';

export interface CheckResult {
  /** Stable: `bgp/n67`, `database/synchronous`. */
  readonly check: string;
  readonly state: CheckState;
  /** What was found, for a person. */
  readonly detail: string;
}

/** One question about the running city. */
export interface Check {
  readonly id: string;
  /** What must hold, for a person. */
  readonly demand: string;
}

export type Observe = (city: City, layout: Layout, fabric: Fabric, signal?: AbortSignal) => Promise<readonly CheckResult[]>;
