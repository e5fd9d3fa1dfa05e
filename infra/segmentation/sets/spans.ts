/** Sets of points on a line, as spans: exact for addresses of both families, ports, devices and states. */

/** IPv4 addresses, ports and positions are numbers, IPv6 addresses are bigints; one line holds one of them. */
export type Point = number | bigint;
/** From a point up to, and not including, another. */
export type Span = readonly [from: Point, until: Point];
/** Apart from each other and in order; none is empty. */
export type Spans = readonly Span[];

export const NONE: Spans = [];

/** Any list of spans as a set. */
export function spansOf(list: readonly Span[]): Spans {
  const merged: [Point, Point][] = [];
  for (const [from, until] of list.filter(([from, until]) => from < until).toSorted(byStart)) {
    const last = merged.at(-1);
    if (last === undefined || from > last[1]) merged.push([from, until]);
    else if (until > last[1]) last[1] = until;
  }
  return merged;
}

const byStart = ([a]: Span, [b]: Span): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is in both. */
export function intersect(a: Spans, b: Spans): Spans {
  if (a === b) return a;
  const both: Span[] = [];
  for (let i = 0, j = 0; ; ) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) return both;
    const from = one[0] > other[0] ? one[0] : other[0];
    const until = one[1] < other[1] ? one[1] : other[1];
    if (from < until) both.push([from, until]);
    if (one[1] < other[1]) i += 1;
    else j += 1;
  }
}

/** What is in the first and not in the second. */
export function subtract(a: Spans, b: Spans): Spans {
  if (a === b) return NONE;
  const left: Span[] = [];
  let j = 0;
  for (const [start, until] of a) {
    let from = start;
    while ((b[j]?.[1] ?? until) <= from) j += 1;
    for (let k = j; ; k += 1) {
      const hole = b[k];
      if (hole === undefined || hole[0] >= until) break;
      if (hole[0] > from) left.push([from, hole[0]]);
      if (hole[1] > from) from = hole[1];
    }
    if (from < until) left.push([from, until]);
  }
  return left;
}

/** Whether two sets share a point. */
export function meet(a: Spans, b: Spans): boolean {
  if (a === b) return a.length > 0;
  for (let i = 0, j = 0; ; ) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) return false;
    if (one[0] < other[1] && other[0] < one[1]) return true;
    if (one[1] < other[1]) i += 1;
    else j += 1;
  }
}

export const union = (...sets: readonly Spans[]): Spans => spansOf(sets.flat());
/** Whether all of the first is in the second. */
export const within = (a: Spans, b: Spans): boolean => a === b || subtract(a, b).length === 0;
/** One point of a number line. */
export const point = (at: number): Spans => [[at, at + 1]];
