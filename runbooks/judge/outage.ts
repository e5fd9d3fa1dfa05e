/**
 * Outages as a client saw them. Pure.
 *
 * A request is *prompt* when it succeeded within PROMPT_MS of being due. An outage starts when the first request that was not
 * prompt was due, and ends when the first prompt one was answered after which every request due in the next STABLE_MS was
 * prompt too; a success that came late is part of the outage up to its answer. So flapping counts as one long outage, waiting
 * counts as much as failing, and the measure errs towards longer: by up to one interval at its start, one answer at its end.
 */

import type { Request } from './requests.js';

/** Waiting for longer is an outage too; as long as the strictest objective, so that slowness within it is none. */
export const PROMPT_MS = 2000;
/** Good answers shorter than this, between bad ones, are no recovery. */
const STABLE_MS = 3000;

export interface Outage {
  readonly fromMs: number;
  /** When its first request turned out bad: refused, or not answered for PROMPT_MS. */
  readonly noticedMs: number;
  /** Infinity when no stable recovery was seen. */
  readonly toMs: number;
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Every outage in a client's requests, which must be in the order in which they were due. */
export function outagesIn(requests: readonly Request[]): readonly Outage[] {
  const outages: Outage[] = [];
  let open: OpenOutage | undefined;
  for (const request of requests) {
    const end = open === undefined ? undefined : recoveredBy(open, request.dueMs);
    if (open !== undefined && end !== undefined) {
      outages.push({ ...beginningOf(open), toMs: end });
      open = undefined;
    }
    open = isPrompt(request) ? withPrompt(open, request) : withBad(open, request);
  }
  return open === undefined ? outages : [...outages, { ...beginningOf(open), toMs: endOf(open) ?? Number.POSITIVE_INFINITY }];
}

interface OpenOutage extends Pick<Outage, 'fromMs' | 'noticedMs'> {
  /** The latest answer of a request that succeeded late. */
  readonly lateMs: number;
  /** Answer of the first prompt request since the last bad one. */
  readonly promptMs: number | undefined;
}

const beginningOf = ({ fromMs, noticedMs }: OpenOutage): Pick<Outage, 'fromMs' | 'noticedMs'> => ({ fromMs, noticedMs });

const isPrompt = ({ outcome, dueMs, doneMs }: Request): boolean => outcome === 'ok' && doneMs !== undefined && doneMs - dueMs <= PROMPT_MS;

const endOf = ({ promptMs, lateMs }: OpenOutage): number | undefined => (promptMs === undefined ? undefined : Math.max(promptMs, lateMs));

/** The end of the outage, once nothing bad was due for long enough after it. */
function recoveredBy(open: OpenOutage, dueMs: number): number | undefined {
  const end = endOf(open);
  return end !== undefined && dueMs - end >= STABLE_MS ? end : undefined;
}

const withPrompt = (open: OpenOutage | undefined, { doneMs }: Request): OpenOutage | undefined =>
  open === undefined ? undefined : { ...open, promptMs: open.promptMs ?? doneMs };

const withBad = (open: OpenOutage | undefined, request: Request): OpenOutage => ({
  fromMs: open?.fromMs ?? request.dueMs,
  noticedMs: open?.noticedMs ?? noticedMs(request),
  lateMs: Math.max(open?.lateMs ?? 0, request.outcome === 'ok' ? (request.doneMs ?? 0) : 0),
  promptMs: undefined,
});

function noticedMs({ outcome, dueMs, doneMs = Number.POSITIVE_INFINITY }: Request): number {
  return outcome === 'skipped' ? dueMs : Math.min(doneMs, dueMs + PROMPT_MS);
}

/** `never`: no stable recovery was seen. `unmeasured`: the client was not asking throughout. */
export type OutageSeconds = number | 'never' | 'unmeasured';

/** The longest of some outages; 0 when there are none. */
export function longestSeconds(outages: readonly Outage[]): Exclude<OutageSeconds, 'unmeasured'> {
  const longest = Math.max(0, ...outages.map(({ fromMs, toMs }) => (toMs - fromMs) / 1000));
  return longest === Number.POSITIVE_INFINITY ? 'never' : longest;
}

/** Whether requests were due all through a window. */
export function spans(requests: readonly Request[], intervalMs: number, { fromMs, toMs }: Window): boolean {
  const marks = [fromMs, ...requests.map(({ dueMs }) => dueMs).filter(dueMs => dueMs >= fromMs && dueMs <= toMs), toMs];
  const begins = requests.some(({ dueMs }) => dueMs <= fromMs);
  return begins && marks.every((mark, index) => index === 0 || mark - (marks[index - 1] ?? mark) <= intervalMs + 1000);
}
