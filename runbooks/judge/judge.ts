/** Evidence in, verdict out. Pure: anyone can run it again on the stored evidence and must get the same. */

import type { DrillPlan } from '../drill/drill.js';
import { entriesOf } from '../evidence/chain.js';
import type { Evidence } from '../evidence/evidence.js';
import { type Criterion, criteriaOf } from './criteria.js';
import { type MachineRow, machineRows } from './machine.js';
import { type Moment, momentsOf } from './moments.js';
import { requestsOf } from './requests.js';
import { type LossRow, lossRow, type OutageRow, outageRow } from './rows.js';
import { type AcknowledgedWrite, checkTimelines, type TimelineFindings } from './timelines.js';
import { type Verdict, worst } from './verdict.js';
import type { WindowId } from './windows.js';

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
  /** While the fault was active. */
  readonly outages: readonly OutageRow[];
  /** From the return of power to the planned switchover. For information where the plan names no objective for it. */
  readonly powerReturn: readonly OutageRow[];
  /** From the planned switchover back to the primary to steady state. */
  readonly failback: readonly OutageRow[];
  /** Outages of systems that had come back and did not stay good until the clients' end. */
  readonly later: readonly OutageRow[];
  readonly losses: readonly LossRow[];
  /** How late the machine was; undefined when that was not measured. */
  readonly machine: readonly MachineRow[] | undefined;
  readonly timelines: TimelineFindings | undefined;
  readonly timeline: readonly Moment[];
}

/** The judgement of a run by its evidence. A run that was broken off has the verdict of its journal. */
export function judge(evidence: Evidence): Judgement {
  const { run, plan, journal } = evidence;
  const [brokenOff] = entriesOf(journal.entries, 'broken-off');
  const [fault] = entriesOf(journal.entries, 'fault');
  const timelines = timelinesOf(evidence);
  const criteria = criteriaOf(evidence, timelines);
  const rowsIn = (window: WindowId) => plan.systems.map(system => outageRow(evidence, system, window));
  const windows = { outages: rowsIn('loss'), powerReturn: rowsIn('powerReturn'), failback: rowsIn('failback'), later: rowsIn('later') };
  const losses = plan.systems.filter(({ state }) => state === 'database').map(system => lossRow(evidence, system));
  const verdicts = [...criteria, ...Object.values(windows).flat(), ...losses].flatMap(({ verdict }) => verdict ?? []);
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
    ...windows,
    losses,
    machine: machineRows(evidence),
    timelines,
    timeline: momentsOf(evidence),
  };
}

function timelinesOf({ plan, ledgers, forks }: Evidence): TimelineFindings | undefined {
  if (forks === undefined) return undefined;
  const stateful = plan.systems.filter(({ state }) => state === 'database');
  const writes = [...ledgers].flatMap(([endpoint, ledger]) =>
    stateful.flatMap(({ key }) =>
      requestsOf(ledger, key)
        .filter(({ outcome }) => outcome === 'ok')
        .map((request): AcknowledgedWrite => ({ ...request, endpoint, system: key })),
    ),
  );
  return checkTimelines(writes, forks);
}
