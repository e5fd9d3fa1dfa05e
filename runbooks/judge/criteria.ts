/** The criteria that a run as a whole must meet, besides its systems' rows. Pure. */

import type { PlannedSystem } from '../drill/drill.js';
import { WARDS } from '../drill/wards.js';
import { entriesOf } from '../evidence/chain.js';
import type { Evidence } from '../evidence/evidence.js';
import { unwatched } from './machine.js';
import type { Window } from './outage.js';
import { requestsOf } from './requests.js';
import type { TimelineFindings } from './timelines.js';
import type { Verdict } from './verdict.js';

/** The criteria that are not a row of a table; reports have words for each. */
const CRITERIA = ['evidence', 'coverage', 'machine', 'fault', 'timelines', 'restored'] as const;
export type CriterionId = (typeof CRITERIA)[number];

export interface Criterion {
  readonly id: CriterionId;
  readonly verdict: Verdict;
  /** What was found, in technical words; empty when all is as it should be. */
  readonly findings: readonly string[];
}

/** Every criterion, in the order of CRITERIA. */
export const criteriaOf = (evidence: Evidence, timelines: TimelineFindings | undefined): readonly Criterion[] => [
  evidenceCriterion(evidence),
  coverageCriterion(evidence),
  ...machineCriterion(evidence),
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
  const silent = plan.wards.filter(({ host }) => !ledgers.has(host)).map(({ host }) => `no ledger of ${host}`);
  const measured = plan.wards.length - silent.length;
  return criterion('coverage', [...silent, ...(measured < WARDS ? [`${measured} wards measured, wanted ${WARDS}`] : [])]);
}

/** That the machine was watched; how late it was is judged with the outages. Plans from before sentinels have no such criterion. */
const machineCriterion = (evidence: Evidence): readonly Criterion[] =>
  evidence.plan.sentinels === undefined ? [] : [criterion('machine', unwatched(evidence))];

/** A fault that was undone early, or during which no system was seen to answer from the backup, was not observed to the end. */
function faultCriterion(evidence: Evidence): Criterion {
  const { plan, journal } = evidence;
  const [fault] = entriesOf(journal.entries, 'fault');
  const [healed] = entriesOf(journal.entries, 'healed');
  if (fault === undefined) return criterion('fault', ['no fault was injected']);
  const spared = plan.faultHosts.filter(host => !fault.hosts.includes(host));
  return criterion('fault', [
    ...spared.map(host => `${host} was spared`),
    ...(healed?.ids.includes(fault.id) ? [] : [`fault ${fault.id} was not active until its rollback`]),
    ...plan.systems.flatMap(system => sitesFindings(evidence, system, { fromMs: fault.doneAtMs, toMs: healed?.beganAtMs ?? 0 })),
  ]);
}

/** While the primary is off, every ward must be answered by the backup, and by no other site. */
function sitesFindings({ plan, ledgers }: Evidence, { key }: PlannedSystem, { fromMs, toMs }: Window): readonly string[] {
  return plan.wards.flatMap(({ host }) => {
    const ledger = ledgers.get(host);
    if (ledger === undefined) return []; // the coverage says so
    const answered = requestsOf(ledger, key).filter(({ outcome, dueMs }) => outcome === 'ok' && dueMs > fromMs && dueMs < toMs);
    const sites = new Set(answered.map(({ site }) => site ?? 'an unknown site'));
    if (sites.size === 0) return [`${key} was not answered in ${host} while the fault was active`];
    return [...sites]
      .filter(site => site !== plan.backup)
      .map(site => `${key} was answered in ${host} from ${site} while the fault was active`);
  });
}

/** Counts whether or not the machine was late: a write on two timelines is one. */
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

/** The journal has steady state twice: before the fault, and after the rollback and the planned way back. */
const restoredCriterion = ({ journal }: Evidence): Criterion =>
  criterion('restored', entriesOf(journal.entries, 'steady').length >= 2 ? [] : ['steady state was not seen again']);
