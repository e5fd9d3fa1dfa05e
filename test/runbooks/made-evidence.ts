/** Evidence of a site loss as it would have been collected, made without a city: what fails when is said, all else is good. */

import { bodyHashOf } from '../../agents/contract/canary.js';
import { formatRecord, type Ledger, parseLedger } from '../../agents/contract/ledger.js';
import type { SentinelReading } from '../../agents/contract/sentinel.js';
import type { DrillPlan, PlannedSystem, Ward } from '../../runbooks/drill/drill.js';
import { siteLoss } from '../../runbooks/drills/site-loss.js';
import type { Evidence } from '../../runbooks/evidence/evidence.js';
import type { JournalBody, JournalEntry } from '../../runbooks/evidence/journal.js';
import { topology } from './toy-city.js';

/** When what happens, milliseconds from the clients' start. */
export const AT = {
  steady: -1000,
  fault: 10_000,
  faultDone: 10_100,
  heal: 60_000,
  healed: 61_000,
  leave: 90_000,
  switched: 92_000,
  settled: 110_000,
  stop: 111_000,
  end: 112_000,
} as const;

/** Requests that are due in it fail after 5 ms. */
export interface Bad {
  readonly system: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of one ward only, by its place in the plan. */
  readonly ward?: number;
}

const RUN = 'site-loss-made';
const ANSWER_MS = 5;

/** One system that keeps state and one that does not. */
export const madePlan = (): DrillPlan => {
  const plan = siteLoss.plan(topology, 'lab');
  return { ...plan, systems: plan.systems.filter(({ key }) => key === 'portal' || key === 'video') };
};

/** What the sentinels said: those without a word here were punctual all the time. */
export type Sentinels = Readonly<Record<string, Partial<SentinelReading>>>;

/** @param lost sequences of acknowledged documents that no database has after all */
export function madeEvidence(
  bad: readonly Bad[],
  plan: DrillPlan = madePlan(),
  { lost = [], said = {} }: { readonly lost?: readonly number[]; readonly said?: Sentinels } = {},
): Evidence {
  const ledgers = new Map(plan.wards.map((ward, index) => [ward.host, ledgerOf(plan, ward, index, bad)]));
  return {
    run: RUN,
    plan,
    journal: { entries: entriesOf(plan), problem: undefined, tornBytes: 0 },
    ledgers,
    sentinels: new Map((plan.sentinels ?? []).map(({ host }) => [host, { ...PUNCTUAL, ...said[host] }])),
    readBacks: new Map(plan.systems.filter(({ state }) => state === 'database').map(({ key }) => [key, storedOf(key, ledgers, lost)])),
    forks: new Map([
      [1, 1_000_000n],
      [2, 2_000_000n],
    ]),
    altered: [],
  };
}

/** One that watched from the clients' start to their end. */
const PUNCTUAL: SentinelReading = {
  ...{ priority: 'normal', refused: undefined, failed: undefined, damaged: [] },
  stretches: [{ kind: 'watched', fromMs: 0, toMs: AT.end, late: [] }],
};

function ledgerOf({ systems }: DrillPlan, { host }: Ward, index: number, bad: readonly Bad[]): Ledger {
  const intervalMs = Object.fromEntries(systems.map(({ key, intervalMs: each }) => [key, each]));
  const records = systems.flatMap(system =>
    recordsOf(
      system,
      bad.filter(({ ward = index }) => ward === index),
    ),
  );
  return parseLedger(
    [
      formatRecord({ schema: 1, kind: 'opened', run: RUN, endpoint: host, atMs: 0, intervalMs }),
      ...records,
      formatRecord({ kind: 'ended', atMs: AT.end, why: 'input closed', outstanding: 0 }),
    ].join(''),
  );
}

function recordsOf({ key: system, intervalMs }: PlannedSystem, bad: readonly Bad[]): readonly string[] {
  return Array.from({ length: AT.end / intervalMs }, (_, index) => {
    const [atMs, sequence] = [index * intervalMs, index + 1];
    const isBad = bad.some(each => each.system === system && each.fromMs <= atMs && atMs < each.toMs);
    const place = { site: atMs >= AT.fault && atMs < AT.healed ? 's2' : 's1', ...positionAt(atMs) };
    const outcome = isBad ? ({ outcome: 'fail' } as const) : ({ outcome: 'ok', ...place } as const);
    const known = { kind: 'outcome', system, sequence, doneAtMs: atMs + ANSWER_MS, ...outcome } as const;
    return `${formatRecord({ kind: 'intent', system, sequence, atMs })}${formatRecord(known)}`;
  });
}

function positionAt(atMs: number) {
  const timeline = atMs < AT.fault ? 1 : atMs < AT.switched ? 2 : 3;
  return { timeline, lsn: `0/${(timeline * 900_000 + atMs).toString(16)}` };
}

const storedOf = (system: string, ledgers: ReadonlyMap<string, Ledger>, lost: readonly number[]) =>
  new Map(
    [...ledgers].map(([endpoint, { records }]) => {
      const acknowledged = records.flatMap(record =>
        record.kind === 'outcome' && record.system === system && record.outcome === 'ok' ? [record.sequence] : [],
      );
      const documents = acknowledged
        .filter(sequence => !lost.includes(sequence))
        .map(sequence => ({ sequence, bodyHash: bodyHashOf(endpoint, RUN, system, sequence) }));
      return [endpoint, { system, timeline: 3, documents }];
    }),
  );

function entriesOf(plan: DrillPlan): readonly JournalEntry[] {
  const { faultHosts } = plan;
  const said: readonly (readonly [number, JournalBody])[] = [
    [AT.steady, { kind: 'opened', schema: 1, run: RUN, pid: 1, plan }],
    [AT.steady, { kind: 'steady', checks: 2 }],
    [AT.faultDone, { kind: 'fault', id: 'f1', hosts: faultHosts, means: 'made', beganAtMs: AT.fault, doneAtMs: AT.faultDone }],
    [AT.healed, { kind: 'healed', ids: ['f1'], beganAtMs: AT.heal, doneAtMs: AT.healed }],
    [AT.leave, { kind: 'handing-over', leader: 's2-database1', candidate: 's1-database1' }],
    [AT.switched, { kind: 'switchover', leader: 's2-database1', candidate: 's1-database1', beganAtMs: AT.leave, doneAtMs: AT.switched }],
    [AT.settled, { kind: 'steady', checks: 2 }],
    [AT.stop, { kind: 'transition', to: 'stop-clients' }],
    [AT.end, { kind: 'files', sha256: {} }],
  ];
  return said.map(([atMs, body], index) => ({ sequence: index + 1, atMs, previous: '', ...body }));
}
