/** What was measured of each system, a row each. Pure. */

import type { PlannedSystem } from './drill.js';
import type { Evidence } from './evidence.js';
import { entriesOf } from './journal.js';
import { type Losses, lossesOf } from './losses.js';
import { longestOutageSeconds, type OutageSeconds, type Window } from './outage.js';
import { requestsOf } from './requests.js';
import { type Verdict, worst } from './verdict.js';

/** How one system's outage looked from one ward. */
export interface WardOutage {
  readonly ward: string;
  readonly outage: OutageSeconds;
}

export interface OutageRow {
  readonly system: string;
  readonly state: PlannedSystem['state'];
  readonly objectiveSeconds: number;
  readonly wards: readonly WardOutage[];
  readonly worst: OutageSeconds;
  readonly verdict: Verdict;
}

export interface LossRow extends Omit<Losses, 'lost' | 'failedPresent'> {
  readonly system: string;
  readonly objectiveSeconds: number;
  /** `e131/17`: office and sequence. */
  readonly lost: readonly string[];
  readonly failedPresent: readonly string[];
  /** Wards whose writes could not be compared with the database. */
  readonly unmeasured: readonly string[];
  readonly verdict: Verdict;
}

/** While the fault was in force; undefined when there was none. */
export function faultWindow({ journal }: Evidence): Window | undefined {
  const [fault] = entriesOf(journal.entries, 'fault');
  const [healed] = entriesOf(journal.entries, 'healed');
  return fault && healed && { fromMs: fault.beganAtMs, toMs: healed.beganAtMs };
}

/** From the return of power to the planned way back; undefined when it did not come to that. */
export function powerReturnWindow({ journal }: Evidence): Window | undefined {
  const [healed] = entriesOf(journal.entries, 'healed');
  const [leaving] = entriesOf(journal.entries, 'handing-over');
  return healed && leaving && { fromMs: healed.beganAtMs, toMs: leaving.atMs };
}

/** The planned way back from its first attempt, to steady state; that is the second one in the journal: the first was before the fault. */
export function failbackWindow({ journal }: Evidence): Window | undefined {
  const [leaving] = entriesOf(journal.entries, 'handing-over');
  const [, settled] = entriesOf(journal.entries, 'steady');
  return leaving && settled && { fromMs: leaving.atMs, toMs: settled.atMs };
}

/** One system's outages in a window, as every ward saw them. */
export function outageRow(
  { plan, ledgers }: Evidence,
  system: PlannedSystem,
  window: Window | undefined,
  objectiveSeconds: number,
): OutageRow {
  const wards = plan.wards.map(({ host }): WardOutage => {
    const ledger = ledgers.get(host);
    if (ledger === undefined || window === undefined) return { ward: host, outage: 'unmeasured' };
    return { ward: host, outage: longestOutageSeconds(requestsOf(ledger, system.key), system.intervalMs, window) };
  });
  const { key, state } = system;
  return {
    system: key,
    state,
    objectiveSeconds,
    wards,
    worst: worstOutage(wards.map(({ outage }) => outage)),
    verdict: worst(wards.map(({ outage }) => judgeOutage(outage, objectiveSeconds))),
  };
}

/** What was measured as too long is a failure, whatever else was not measured. */
export const judgeOutage = (outage: OutageSeconds, objectiveSeconds: number): Verdict => {
  if (outage === 'unmeasured') return 'inconclusive';
  return outage !== 'never' && outage <= objectiveSeconds ? 'pass' : 'fail';
};

function worstOutage(outages: readonly OutageSeconds[]): OutageSeconds {
  if (outages.includes('never')) return 'never';
  const measured = outages.filter(outage => typeof outage === 'number');
  return measured.length === 0 ? 'unmeasured' : Math.max(...measured);
}

/** One system's writes, compared with what its database holds after all. */
export function lossRow({ run, plan, ledgers, readBacks }: Evidence, { key, objective }: PlannedSystem): LossRow {
  const measured = plan.wards.flatMap(({ host }) => {
    const [ledger, list] = [ledgers.get(host), readBacks.get(key)?.get(host)];
    if (ledger === undefined || list === undefined) return [];
    return [{ host, losses: lossesOf(requestsOf(ledger, key), list, { endpoint: host, run, system: key }) }];
  });
  const sum = (field: 'acknowledged' | 'unknown' | 'unknownPresent' | 'failed' | 'skipped') =>
    measured.reduce((total, { losses }) => total + losses[field], 0);
  const unmeasured = plan.wards.map(({ host }) => host).filter(host => !measured.some(each => each.host === host));
  const named = (field: 'lost' | 'failedPresent') =>
    measured.flatMap(({ host, losses }) => losses[field].map(sequence => `${host}/${sequence}`));
  const lossSeconds = Math.max(0, ...measured.map(({ losses }) => losses.lossSeconds));
  return {
    system: key,
    objectiveSeconds: objective.rpoSeconds,
    acknowledged: sum('acknowledged'),
    lost: named('lost'),
    unknown: sum('unknown'),
    unknownPresent: sum('unknownPresent'),
    failed: sum('failed'),
    failedPresent: named('failedPresent'),
    skipped: sum('skipped'),
    lossSeconds,
    unmeasured,
    verdict: worst([
      sum('acknowledged') === 0 || unmeasured.length > 0 ? 'inconclusive' : 'pass',
      lossSeconds <= objective.rpoSeconds ? 'pass' : 'fail',
      named('failedPresent').length === 0 ? 'pass' : 'fail',
    ]),
  };
}
