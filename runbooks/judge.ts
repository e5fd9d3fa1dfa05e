/** Evidence in, verdict out. Pure: anyone can run it again on the stored evidence and must get the same. */

import type { DrillPlan, PlannedSystem } from './drill.js';
import type { Evidence } from './evidence.js';
import { type EntryOf, entriesOf } from './journal.js';
import { type Losses, lossesOf } from './losses.js';
import { longestOutageSeconds, type OutageSeconds, type Window } from './outage.js';
import { requestsOf } from './requests.js';
import { type Acknowledged, checkTimelines, type TimelineFindings } from './timelines.js';
import { type Verdict, worst } from './verdict.js';
import { WARDS } from './wards.js';

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

/** The criteria that are not a row of a table; reports have words for each. */
export const CRITERIA = ['evidence', 'coverage', 'fault', 'timelines', 'restored'] as const;
export type CriterionId = (typeof CRITERIA)[number];

export interface Criterion {
  readonly id: CriterionId;
  readonly verdict: Verdict;
  /** What was found, in technical words; empty when all is as it should be. */
  readonly findings: readonly string[];
}

export interface Moment {
  readonly atMs: number;
  readonly kind: string;
  readonly detail: string;
}

export interface Judgement {
  readonly schema: 1;
  readonly run: string;
  readonly plan: DrillPlan;
  readonly verdict: Verdict;
  /** Why it was broken off; undefined when it went through. */
  readonly brokenOff: string | undefined;
  readonly startedAtMs: number;
  /** Undefined when there was no fault. */
  readonly faultAtMs: number | undefined;
  readonly etcdLeader: string | undefined;
  readonly criteria: readonly Criterion[];
  /** While the fault was in force. */
  readonly outages: readonly OutageRow[];
  /** From the return of power to steady state, the planned switchover included. */
  readonly failback: readonly OutageRow[];
  readonly losses: readonly LossRow[];
  readonly timelines: TimelineFindings | undefined;
  readonly timeline: readonly Moment[];
}

export function judge(evidence: Evidence): Judgement {
  const { run, plan, journal } = evidence;
  const [brokenOff] = entriesOf(journal.entries, 'broken-off');
  const [fault] = entriesOf(journal.entries, 'fault');
  const timelines = timelinesOf(evidence);
  const criteria = criteriaOf(evidence, timelines);
  const outages = plan.systems.map(system => outageRow(evidence, system, faultWindow(evidence), system.objective.rtoSeconds));
  const failback = plan.systems.map(system => outageRow(evidence, system, failbackWindow(evidence), plan.failback.rtoSeconds));
  const losses = plan.systems.filter(({ state }) => state === 'database').map(system => lossRow(evidence, system));
  const verdicts = [...criteria, ...outages, ...failback, ...losses].map(({ verdict }) => verdict);
  return {
    schema: 1,
    run,
    plan,
    verdict: brokenOff === undefined ? worst(verdicts) : brokenOff.verdict,
    brokenOff: brokenOff?.reason,
    startedAtMs: journal.entries[0]?.atMs ?? 0,
    faultAtMs: fault?.beganAtMs,
    etcdLeader: entriesOf(journal.entries, 'etcd')[0]?.leader,
    criteria,
    outages,
    failback,
    losses,
    timelines,
    timeline: momentsOf(evidence),
  };
}

function faultWindow({ journal }: Evidence): Window | undefined {
  const [fault] = entriesOf(journal.entries, 'fault');
  const [healed] = entriesOf(journal.entries, 'healed');
  return fault && healed && { fromMs: fault.beganAtMs, toMs: healed.beganAtMs };
}

/** It ends where steady state was seen for the second time: the first was before the fault. */
function failbackWindow({ journal }: Evidence): Window | undefined {
  const [healed] = entriesOf(journal.entries, 'healed');
  const [, settled] = entriesOf(journal.entries, 'steady');
  return healed && settled && { fromMs: healed.beganAtMs, toMs: settled.atMs };
}

function outageRow({ plan, ledgers }: Evidence, system: PlannedSystem, window: Window | undefined, objectiveSeconds: number): OutageRow {
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

function lossRow({ run, plan, ledgers, readBacks }: Evidence, { key, objective }: PlannedSystem): LossRow {
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

function timelinesOf({ plan, ledgers, forks }: Evidence): TimelineFindings | undefined {
  if (forks === undefined) return undefined;
  const stateful = plan.systems.filter(({ state }) => state === 'database');
  const writes = [...ledgers].flatMap(([endpoint, ledger]) =>
    stateful.flatMap(({ key }) =>
      requestsOf(ledger, key)
        .filter(({ outcome }) => outcome === 'ok')
        .map((request): Acknowledged => ({ ...request, endpoint, system: key })),
    ),
  );
  return checkTimelines(writes, forks);
}

const criteriaOf = (evidence: Evidence, timelines: TimelineFindings | undefined): readonly Criterion[] => [
  evidenceCriterion(evidence),
  coverageCriterion(evidence),
  faultCriterion(evidence),
  timelinesCriterion(timelines),
  restoredCriterion(evidence),
];

const criterion = (id: CriterionId, findings: readonly string[], otherwise: Verdict = 'inconclusive'): Criterion => ({
  id,
  findings,
  verdict: findings.length === 0 ? 'pass' : otherwise,
});

/** Evidence that was changed proves nothing. */
function evidenceCriterion({ journal, ledgers, altered }: Evidence): Criterion {
  const collected = entriesOf(journal.entries, 'files').length > 0;
  return criterion('evidence', [
    ...(journal.problem === undefined ? [] : [`journal: ${journal.problem}`]),
    ...(collected ? [] : ['no evidence was collected']),
    ...altered.map(path => `${path} is not what was collected`),
    ...[...ledgers].flatMap(([ward, { damaged, torn, header }]) => [
      ...(header === undefined ? [`the ledger of ${ward} has no header`] : []),
      ...(damaged.length === 0 ? [] : [`the ledger of ${ward} is damaged in lines ${damaged.slice(0, 5).join(', ')}`]),
      ...(torn ? [`the ledger of ${ward} breaks off in its last line`] : []),
    ]),
  ]);
}

function coverageCriterion({ plan, ledgers }: Evidence): Criterion {
  const districts = new Set(plan.wards.filter(({ host }) => ledgers.has(host)).map(({ district }) => district));
  const silent = plan.wards.filter(({ host }) => !ledgers.has(host)).map(({ host }) => `no ledger of ${host}`);
  return criterion('coverage', [
    ...silent,
    ...(districts.size < WARDS ? [`wards of ${districts.size} districts measured, wanted ${WARDS}`] : []),
  ]);
}

/** A fault that was undone early, or that nobody was seen to survive elsewhere, was not observed to the end. */
function faultCriterion(evidence: Evidence): Criterion {
  const { plan, journal } = evidence;
  const [fault] = entriesOf(journal.entries, 'fault');
  const [healed] = entriesOf(journal.entries, 'healed');
  if (fault === undefined) return criterion('fault', ['no fault was injected']);
  const spared = plan.faultHosts.filter(host => !fault.hosts.includes(host));
  return criterion('fault', [
    ...spared.map(host => `${host} was spared`),
    ...(healed?.ids.includes(fault.id) ? [] : [`fault ${fault.id} was not in force until its rollback`]),
    ...plan.systems.flatMap(system => sitesFindings(evidence, system, { fromMs: fault.doneAtMs, toMs: healed?.beganAtMs ?? 0 })),
  ]);
}

/** While the primary is off, whoever asks must be seen to be answered by the backup, and by nobody else. */
function sitesFindings({ plan, ledgers }: Evidence, { key }: PlannedSystem, { fromMs, toMs }: Window): readonly string[] {
  return plan.wards.flatMap(({ host }) => {
    const ledger = ledgers.get(host);
    if (ledger === undefined) return []; // the coverage says so
    const answered = requestsOf(ledger, key).filter(({ outcome, dueMs }) => outcome === 'ok' && dueMs > fromMs && dueMs < toMs);
    const sites = new Set(answered.map(({ site }) => site ?? 'nobody known'));
    if (sites.size === 0) return [`${key} was not answered in ${host} while the fault was in force`];
    return [...sites]
      .filter(site => site !== plan.backup)
      .map(site => `${key} was answered in ${host} from ${site} while the fault was in force`);
  });
}

function timelinesCriterion(timelines: TimelineFindings | undefined): Criterion {
  if (timelines === undefined) return criterion('timelines', ['no history of timelines was read']);
  const { violations, missing, unmarked, checked } = timelines;
  if (violations.length > 0) return criterion('timelines', violations, 'fail');
  return criterion('timelines', [
    ...missing.map(timeline => `the end of timeline ${timeline} is not in the history`),
    ...(unmarked > 0 ? [`${unmarked} acknowledged writes carry no position`] : []),
    ...(checked === 0 ? ['no acknowledged write to check'] : []),
  ]);
}

/** Steady state before and after; the second is what the rollback and the planned way back led to. */
const restoredCriterion = ({ journal }: Evidence): Criterion =>
  criterion('restored', entriesOf(journal.entries, 'steady').length >= 2 ? [] : ['steady state was not seen again']);

function momentsOf({ journal }: Evidence): readonly Moment[] {
  const { entries } = journal;
  return [
    ...entriesOf(entries, 'transition')
      .filter(({ to }) => to !== 'judge' && to !== 'closed') // they come after the judgement
      .map(({ atMs, to }) => ({ atMs, kind: to, detail: '' })),
    ...entriesOf(entries, 'fault').flatMap(faultMoments),
    ...entriesOf(entries, 'answered').map(({ atMs, everywhere, open }) => ({
      atMs,
      kind: everywhere ? 'answered' : 'not-answered',
      detail: open.join('; '),
    })),
    ...entriesOf(entries, 'healed').map(({ doneAtMs, ids }) => ({ atMs: doneAtMs, kind: 'healed', detail: ids.join(', ') })),
    ...entriesOf(entries, 'switchover').map(({ doneAtMs, leader, candidate }) => ({
      atMs: doneAtMs,
      kind: 'switched',
      detail: `${leader} → ${candidate}`,
    })),
    ...entriesOf(entries, 'steady').map(({ atMs, checks }) => ({ atMs, kind: 'steady', detail: String(checks) })),
    ...entriesOf(entries, 'broken-off').map(({ atMs, reason }) => ({ atMs, kind: 'broken-off', detail: reason })),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

const faultMoments = ({ beganAtMs, doneAtMs, id, hosts, means }: EntryOf<'fault'>): readonly Moment[] => [
  { atMs: beganAtMs, kind: 'fault-begins', detail: `${hosts.length}: ${hosts.join(', ')}` },
  { atMs: doneAtMs, kind: 'fault-in-force', detail: `${id}, ${means}` },
];
