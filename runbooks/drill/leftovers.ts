/** Clients and sentinels that a dead engine left behind: they end by themselves when its pipe closes, unless something held it open. */

import type { Fabric } from '../../infra/fabric/fabric.js';
import { sentinelWords } from '../../infra/fabric/sentinels.js';
import { ledgerPath } from './clients.js';
import type { DrillPlan } from './drill.js';

/** The processes of a run in the city's hosts, and words by which each is found there. */
const processesOf = (run: string, { wards, sentinels = [] }: DrillPlan) => [
  ...wards.map(({ host }) => ({ host, words: ledgerPath(run) })),
  ...sentinels.map(({ host }) => ({ host, words: sentinelWords(run).join(' ') })),
];

/** Ends a run's processes. */
export async function endLeftovers(fabric: Fabric, run: string, plan: DrillPlan): Promise<void> {
  await Promise.all(processesOf(run, plan).map(({ host, words }) => fabric.exec(host, ['pkill', '-TERM', '-f', words])));
}

/** Hosts in which a process of the run still runs. */
export async function leftoversIn(fabric: Fabric, run: string, plan: DrillPlan): Promise<readonly string[]> {
  const found = await Promise.all(
    processesOf(run, plan).map(async ({ host, words }) => ({ host, ...(await fabric.exec(host, ['pgrep', '-f', words])) })),
  );
  return found.filter(({ exitCode }) => exitCode === 0).map(({ host }) => host);
}
