/**
 * Whether the machine was on time while something was measured. Pure.
 *
 * When it was not, outages say nothing about the city: neither that it was slow, nor that it was fast enough. Writes count all the same: a
 * lost write is lost, and two timelines are two, however late the machine was.
 */

import { worstLateness } from '../../infra/fabric/sentinels.js';
import type { DrillPlan } from '../drill/drill.js';
import { entriesOf } from '../evidence/chain.js';
import type { Evidence } from '../evidence/evidence.js';
import type { Window } from './outage.js';

type PlannedSentinel = NonNullable<DrillPlan['sentinels']>[number];

interface Whose extends Pick<PlannedSentinel, 'kind' | 'host' | 'limitMs'> {}

/** What speaks against a measurement. */
export type MachineFinding =
  | (Whose & { readonly what: 'late'; readonly atMs: number; readonly lateMs: number })
  | (Whose & { readonly what: 'unmeasured'; readonly why: string });

/** The gravest finding against a measurement in a span; undefined when there is none, or when the plan has no sentinels. */
export function machineIn(evidence: Evidence, span: Window): MachineFinding | undefined {
  const found = (evidence.plan.sentinels ?? []).flatMap(sentinel => findingOf(evidence, sentinel, span) ?? []);
  return gravest(found);
}

/** The greatest lateness of some findings, else that nothing was measured. */
export function gravest(findings: readonly MachineFinding[]): MachineFinding | undefined {
  const late = findings.filter(finding => finding.what === 'late');
  return late.toSorted((a, b) => b.lateMs - a.lateMs)[0] ?? findings[0];
}

/**
 * A machine that grants no real-time priority runs routing with the priority of everything else: its sentinel is reported as not
 * measured, and the clients' sentinel stands for both.
 */
function findingOf(evidence: Evidence, { kind, host, limitMs }: PlannedSentinel, span: Window): MachineFinding | undefined {
  const reading = evidence.sentinels.get(host);
  const whose = { kind, host, limitMs };
  if (reading === undefined) return { ...whose, what: 'unmeasured', why: 'it left no output' };
  const worst = worstLateness(reading, span.fromMs, span.toMs);
  if (worst !== undefined && worst.lateMs > limitMs) return { ...whose, what: 'late', ...worst };
  if (kind === 'routing' && reading.refused !== undefined) return undefined;
  if (watchedThroughout(reading.stretches, span)) return undefined;
  return { ...whose, what: 'unmeasured', why: reading.failed ?? reading.refused ?? 'it was not watching all the time' };
}

/** Stretches are in the order in which they were written, and each begins where the one before it ended. */
function watchedThroughout(stretches: readonly Pick<Window, 'fromMs' | 'toMs'>[], { fromMs, toMs }: Window): boolean {
  let upToMs = fromMs;
  for (const stretch of stretches) if (stretch.fromMs <= upToMs) upToMs = Math.max(upToMs, stretch.toMs);
  return upToMs >= toMs;
}

/** What one sentinel measured in the whole run, for the report. */
export interface MachineRow extends Whose {
  /** Why nothing is known; undefined when it measured throughout. */
  readonly unmeasured: string | undefined;
  readonly worstMs: number;
  /** When it was so late; undefined when it never was. */
  readonly worstAtMs: number | undefined;
  /** How often it was later than its limit. */
  readonly over: number;
}

/** A row each sentinel; undefined when the plan has none: then it is not known how late the machine was. */
export function machineRows(evidence: Evidence): readonly MachineRow[] | undefined {
  return evidence.plan.sentinels?.map(sentinel => machineRow(evidence, sentinel));
}

function machineRow(evidence: Evidence, sentinel: PlannedSentinel): MachineRow {
  const { kind, host, limitMs } = sentinel;
  const span = measuredSpan(evidence);
  const reading = evidence.sentinels.get(host);
  const finding = findingOf(evidence, { kind, host, limitMs: Number.POSITIVE_INFINITY }, span);
  const worst = reading && worstLateness(reading, span.fromMs, span.toMs);
  return {
    ...{ kind, host, limitMs },
    unmeasured: reading?.refused ?? (finding?.what === 'unmeasured' ? finding.why : undefined),
    worstMs: worst?.lateMs ?? 0,
    worstAtMs: worst?.atMs,
    over: (reading?.stretches ?? []).flatMap(({ late }) => late).filter(({ lateMs }) => lateMs > limitMs).length,
  };
}

/** Sentinels that did not measure from the fault to the clients' end, and why; a refused priority is no such reason. */
export function unwatched(evidence: Evidence): readonly string[] {
  const span = measuredSpan(evidence);
  return (evidence.plan.sentinels ?? []).flatMap(sentinel => {
    const finding = findingOf(evidence, { ...sentinel, limitMs: Number.POSITIVE_INFINITY }, span);
    return finding?.what === 'unmeasured' ? [`the sentinel in ${finding.host} (${finding.kind}): ${finding.why}`] : [];
  });
}

/** From the fault to the clients' end. */
function measuredSpan({ journal: { entries } }: Evidence): Window {
  const [fault] = entriesOf(entries, 'fault');
  const stop = entriesOf(entries, 'transition').find(({ to }) => to === 'stop-clients');
  return { fromMs: fault?.beganAtMs ?? 0, toMs: stop?.atMs ?? fault?.beganAtMs ?? 0 };
}
