import { WorldError } from '../city/problem.js';
import { handBack } from './cluster.js';
import type { Fabric } from './fabric.js';
import type { Check, CheckResult } from './steady-state.js';

/** After a site was away its database follows the other's: bringing the city to its plan means handing the writer back. */
export async function handBackWriter(checks: readonly Check[], fabric: Fabric, late: readonly CheckResult[]): Promise<void> {
  const check = checks.find(candidate => candidate.kind === 'database');
  if (check?.kind !== 'database' || !late.some(result => result.check === check.id && result.state === 'late')) return;
  // Refused while a candidate still catches up; the next round asks again.
  await handBack(fabric, check.members, check.leaders).catch(error => {
    if (!(error instanceof WorldError)) throw error;
  });
}
