/**
 * No write may be acknowledged on two timelines' worth of history. Pure.
 *
 * Patroni's history says at which position each timeline ended. A write acknowledged on it beyond that position, or sent after a
 * write was acknowledged on a later timeline, came from a writer that had lost the right to write.
 */

import * as z from 'zod';
import { jsonOf } from '../../agents/contract/json.js';
import type { Request } from './requests.js';

/** GET /history of Patroni: [timeline, end position as a number, reason, …]. */
const history = z.array(z.tuple([z.int(), z.number(), z.string()]).rest(z.unknown()));

/** Timeline → position at which the next one forked off. */
export type Forks = ReadonlyMap<number, bigint>;

/** @returns undefined when the text is not Patroni's history */
export function parseForks(text: string): Forks | undefined {
  const ended = jsonOf(history, text);
  return ended && new Map(ended.map(([timeline, position]) => [timeline, BigInt(position)]));
}

/** An acknowledged write with its origin. */
export interface AcknowledgedWrite extends Request {
  readonly endpoint: string;
  readonly system: string;
}

export interface TimelineFindings {
  /** Acknowledged writes that carry a timeline and a position. */
  readonly checked: number;
  /** Acknowledged writes without: they prove nothing. */
  readonly unmarked: number;
  /** Timelines on which writes were acknowledged, with their counts. */
  readonly counts: Readonly<Record<string, number>>;
  /** Timelines that ended and whose end is not in the history. */
  readonly missing: readonly number[];
  readonly violations: readonly string[];
}

/** Checks acknowledged writes against the ends of timelines. */
export function checkTimelines(writes: readonly AcknowledgedWrite[], forks: Forks): TimelineFindings {
  const marked = writes.filter(({ timeline, lsn }) => timeline !== undefined && lsn !== undefined);
  const timelines = [...new Set(marked.map(({ timeline = 0 }) => timeline))].toSorted((a, b) => a - b);
  const ended = timelines.slice(0, -1);
  return {
    checked: marked.length,
    unmarked: writes.length - marked.length,
    counts: Object.fromEntries(timelines.map(timeline => [String(timeline), marked.filter(write => write.timeline === timeline).length])),
    missing: ended.filter(timeline => !forks.has(timeline)),
    violations: [...beyondForks(marked, forks), ...ended.flatMap(timeline => afterSuccessor(marked, timeline))],
  };
}

const beyondForks = (writes: readonly AcknowledgedWrite[], forks: Forks): readonly string[] =>
  writes.flatMap(write => {
    const fork = forks.get(write.timeline ?? 0);
    return fork !== undefined && positionOf(write.lsn ?? '0/0') > fork
      ? [`${nameOf(write)} was acknowledged at ${write.lsn}, beyond the end of timeline ${write.timeline}`]
      : [];
  });

function afterSuccessor(writes: readonly AcknowledgedWrite[], timeline: number): readonly string[] {
  const later = writes.filter(write => (write.timeline ?? 0) > timeline);
  const takenOverMs = Math.min(...later.map(({ doneMs = Number.POSITIVE_INFINITY }) => doneMs));
  return writes
    .filter(write => write.timeline === timeline && write.dueMs > takenOverMs)
    .map(write => `${nameOf(write)} was sent after a later timeline had taken over, and acknowledged on timeline ${timeline}`);
}

const nameOf = ({ endpoint, system, sequence }: AcknowledgedWrite): string => `${system} ${endpoint}/${sequence}`;

/** `16/B374D848` as a number: the part before the slash counts in steps of 2^32. */
export function positionOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
