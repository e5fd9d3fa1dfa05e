/** What was measured of each system, a row each. Pure. */

import type { PlannedSystem } from '../drill/drill.js';
import type { Evidence } from '../evidence/evidence.js';
import { type Losses, lossesOf } from './losses.js';
import { gravest, type MachineFinding, machineIn } from './machine.js';
import { longestSeconds, type OutageSeconds, outagesIn, spans } from './outage.js';
import { requestsOf } from './requests.js';
import { type Verdict, worst } from './verdict.js';
import { type JudgedWindow, WINDOWS, type WindowId, windowOf } from './windows.js';

/** How one system's outage looked from one ward. */
interface WardOutage {
  readonly ward: string;
  readonly outage: OutageSeconds;
  /** What the machine did meanwhile that speaks against it. */
  readonly machine?: MachineFinding;
}

export interface OutageRow {
  readonly system: string;
  readonly state: PlannedSystem['state'];
  /** Undefined: for information. */
  readonly objectiveSeconds: number | undefined;
  readonly wards: readonly WardOutage[];
  readonly worst: OutageSeconds;
  /** The gravest of what speaks against the wards' figures: those are inconclusive. */
  readonly machine: MachineFinding | undefined;
  /** Undefined without an objective: no verdict counts it. */
  readonly verdict: Verdict | undefined;
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

/** One system's outages in a window, as every ward saw them. */
export function outageRow(evidence: Evidence, system: PlannedSystem, id: WindowId): OutageRow {
  const { plan, journal } = evidence;
  const window = windowOf(id, journal, plan, system);
  const wards = plan.wards.map(({ host }) => wardOutage(evidence, host, system, window));
  const { key, state } = system;
  const objectiveSeconds = WINDOWS[id].objective(plan, system);
  return {
    ...{ system: key, state, objectiveSeconds, wards },
    worst: worstOutage(wards.map(({ outage }) => outage)),
    machine: gravest(wards.flatMap(({ machine }) => machine ?? [])),
    verdict: objectiveSeconds === undefined ? undefined : worst(wards.map(ward => judgeWard(ward, objectiveSeconds))),
  };
}

function wardOutage(evidence: Evidence, ward: string, { key, intervalMs }: PlannedSystem, window: JudgedWindow | undefined): WardOutage {
  const ledger = evidence.ledgers.get(ward);
  if (ledger === undefined || window === undefined) return { ward, outage: 'unmeasured' };
  const requests = requestsOf(ledger, key);
  if (!spans(requests, intervalMs, window)) return { ward, outage: 'unmeasured' };
  const outages = outagesIn(requests).filter(window.holds);
  const decided = window.decided(outages);
  const machine = decided && machineIn(evidence, decided);
  return { ward, outage: longestSeconds(outages), ...(machine === undefined ? {} : { machine }) };
}

/** What was measured on a machine that was late, or not known to be on time, is neither good nor bad. */
const judgeWard = ({ outage, machine }: WardOutage, objectiveSeconds: number): Verdict =>
  machine === undefined ? judgeOutage(outage, objectiveSeconds) : 'inconclusive';

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

/** One system's writes, compared with what its database holds after all. A machine that was late has lost none. */
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
