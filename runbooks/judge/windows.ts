/**
 * The windows of a run in which outages are judged, one table: the loss of the site, its return, the planned way back, and all that
 * comes later than it may. Pure.
 */

import type { DrillPlan, PlannedSystem } from '../drill/drill.js';
import { entriesOf } from '../evidence/chain.js';
import type { JournalReading } from '../evidence/journal.js';
import { type Outage, PROMPT_MS, type Window } from './outage.js';

/** Times of a run's events; undefined when the run did not reach them. */
interface Marks {
  readonly faultMs: number | undefined;
  readonly faultDoneMs: number | undefined;
  readonly healMs: number | undefined;
  readonly healDoneMs: number | undefined;
  /** The first attempt to hand the lead over by plan, and the end of the last. */
  readonly leaveMs: number | undefined;
  readonly handedOverMs: number | undefined;
  /** Steady state after all; that is the second one in the journal: the first was before the fault. */
  readonly settledMs: number | undefined;
  /** Until then every client was asking. */
  readonly endMs: number | undefined;
}

interface WindowRule {
  readonly from: keyof Marks;
  readonly to: keyof Marks;
  /** When the event itself is over; its objective runs from then. */
  readonly done?: keyof Marks;
  /** Whether all outages in the window are the event's, however late they begin. */
  readonly takesAll?: true;
  /** Seconds; undefined when the plan does not name one: then the window is for information. */
  objective(plan: DrillPlan, system: PlannedSystem): number | undefined;
}

/**
 * An outage belongs to every event that it overlaps. One that begins when an event's objective has run out belongs to no event: what
 * had come back did not stay good, and that is *later*, under the objective of power's return.
 */
export const WINDOWS = {
  loss: { from: 'faultMs', to: 'healMs', done: 'faultDoneMs', objective: (_plan, { objective }) => objective.rtoSeconds },
  powerReturn: {
    from: 'healMs',
    to: 'leaveMs',
    done: 'healDoneMs',
    takesAll: true,
    objective: ({ powerReturn }) => powerReturn?.rtoSeconds,
  },
  failback: { from: 'leaveMs', to: 'settledMs', done: 'handedOverMs', objective: ({ failback }) => failback.rtoSeconds },
  later: { from: 'faultMs', to: 'endMs', objective: ({ powerReturn }) => powerReturn?.rtoSeconds },
} as const satisfies Record<string, WindowRule>;
export type WindowId = keyof typeof WINDOWS;

const EVENTS = ['loss', 'powerReturn', 'failback'] as const satisfies readonly WindowId[];

/** A window as one run had it, for one system. */
export interface JudgedWindow extends Window {
  /** Whether an outage counts here. */
  holds(outage: Outage): boolean;
  /** The span in which these outages were measured: the machine must have been on time in it. Undefined when there is none. */
  decided(outages: readonly Outage[]): Window | undefined;
}

/** A run's window for one system; undefined when it did not come to that. */
export function windowOf(id: WindowId, journal: JournalReading, plan: DrillPlan, system: PlannedSystem): JudgedWindow | undefined {
  const marks = marksOf(journal);
  const span = spanOf(WINDOWS[id], marks);
  if (span === undefined) return undefined;
  const isOf = (event: WindowId) => (outage: Outage) => belongs(outage, WINDOWS[event], marks, plan, system);
  const holds = (outage: Outage) => isOf(id)(outage) && (id !== 'later' || !EVENTS.some(event => isOf(event)(outage)));
  return { ...span, holds, decided: outages => decidedIn(span, id, outages, marks, plan, system) };
}

/** Around an outage: an answer may wait for so long before it counts as bad. */
const MARGIN_MS = PROMPT_MS;

/**
 * From an event until its objective has run out and its last outage has ended. A machine that is late lengthens what clients see and
 * hides nothing: answers that were good after that were good.
 */
function decidedIn(span: Window, id: WindowId, outages: readonly Outage[], marks: Marks, plan: DrillPlan, system: PlannedSystem) {
  const event = id === 'later' ? [] : [{ fromMs: span.fromMs, toMs: Math.min(span.toMs, timeUpMs(WINDOWS[id], marks, plan, system)) }];
  const spans = [...event, ...outages.map(({ fromMs, toMs }) => ({ fromMs: fromMs - MARGIN_MS, toMs: toMs + MARGIN_MS }))];
  if (spans.length === 0) return undefined;
  const toMs = Math.max(...spans.map(each => each.toMs));
  // Nothing was measured beyond the clients' end.
  return { fromMs: Math.min(...spans.map(each => each.fromMs)), toMs: Math.min(toMs, marks.endMs ?? Number.POSITIVE_INFINITY) };
}

function spanOf({ from, to }: WindowRule, marks: Marks): Window | undefined {
  const [fromMs, toMs] = [marks[from], marks[to]];
  return fromMs === undefined || toMs === undefined ? undefined : { fromMs, toMs };
}

/**
 * What was under way when a window ended and turned out bad only then is the next one's: a write may wait for the switchover that
 * began after it was sent.
 */
function belongs({ fromMs, noticedMs, toMs }: Outage, rule: WindowRule, marks: Marks, plan: DrillPlan, system: PlannedSystem): boolean {
  const span = spanOf(rule, marks);
  return span !== undefined && noticedMs < span.toMs && toMs > span.fromMs && fromMs <= lastBeginningMs(rule, marks, plan, system);
}

/** In plans from before the return of power was judged, a window has all outages in it. */
const lastBeginningMs = (rule: WindowRule, marks: Marks, plan: DrillPlan, system: PlannedSystem): number =>
  rule.takesAll === true || plan.powerReturn === undefined ? Number.POSITIVE_INFINITY : timeUpMs(rule, marks, plan, system);

function timeUpMs(rule: WindowRule, marks: Marks, plan: DrillPlan, system: PlannedSystem): number {
  const doneMs = rule.done && marks[rule.done];
  const objectiveSeconds = rule.objective(plan, system);
  return doneMs === undefined || objectiveSeconds === undefined ? Number.POSITIVE_INFINITY : doneMs + 1000 * objectiveSeconds;
}

function marksOf({ entries }: JournalReading): Marks {
  const [fault] = entriesOf(entries, 'fault');
  const [healed] = entriesOf(entries, 'healed');
  const leaving = entriesOf(entries, 'handing-over');
  return {
    faultMs: fault?.beganAtMs,
    faultDoneMs: fault?.doneAtMs,
    healMs: healed?.beganAtMs,
    healDoneMs: healed?.doneAtMs,
    leaveMs: leaving[0]?.atMs,
    // An attempt that was refused has no end of its own.
    handedOverMs: latest([...leaving.map(({ atMs }) => atMs), ...entriesOf(entries, 'switchover').map(({ doneAtMs }) => doneAtMs)]),
    settledMs: entriesOf(entries, 'steady')[1]?.atMs,
    endMs: entriesOf(entries, 'transition').find(({ to }) => to === 'stop-clients')?.atMs,
  };
}

const latest = (times: readonly number[]): number | undefined => (times.length === 0 ? undefined : Math.max(...times));
