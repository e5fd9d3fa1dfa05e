/** What is protected from deletion: nothing in a trial, and in production nothing that keeps no state. Pure. */

import type { AwsPlan } from '../../city/targets/aws/plan.js';

export interface Protection {
  /** Stacks with state, the database, and keys. */
  readonly deletion: boolean;
  /** Whether the vaults are locked: a week later for ever. */
  readonly vaults: boolean;
  readonly records: AwsPlan['recordsLock'];
}

/** The protection of a stage. */
export const protectionOf = ({ stage, recordsLock }: Pick<AwsPlan, 'stage' | 'recordsLock'>): Protection => ({
  deletion: stage === 'production',
  vaults: stage === 'production',
  records: stage === 'production' ? recordsLock : 'governance',
});
