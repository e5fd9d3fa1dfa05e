/** Sets of packets as products of spans, and what is left of one when others are taken away. */

import { intersect, meet, type Point, type Spans, subtract } from './spans.js';

/** What distinguishes packets; what rules differ in most often comes first. */
const LINES = ['service', 'source', 'destination', 'enters', 'leaves', 'sourcePort', 'state'] as const;
type Line = (typeof LINES)[number];

/** Every packet whose place on each line is in that line's spans. */
export type Region = Readonly<Record<Line, Spans>>;

/** One packet: a point on every line. */
export type Packet = Readonly<Record<Line, Point>>;

/** What is in both; undefined when nothing is. */
export function common(a: Region, b: Region): Region | undefined {
  if (!touches(a, b)) return undefined;
  return {
    service: intersect(a.service, b.service),
    source: intersect(a.source, b.source),
    destination: intersect(a.destination, b.destination),
    enters: intersect(a.enters, b.enters),
    leaves: intersect(a.leaves, b.leaves),
    sourcePort: intersect(a.sourcePort, b.sourcePort),
    state: intersect(a.state, b.state),
  };
}

/** Whether two regions share a packet. */
export function touches(a: Region, b: Region): boolean {
  for (const line of LINES) if (!meet(a[line], b[line])) return false;
  return true;
}

/** What is in the first and not in the second, in pieces that are apart. */
export const without = (a: Region, b: Region): readonly Region[] => split(a, b)?.outside ?? [a];

/** The first as what is in both, and what is not, in pieces that are apart; undefined when nothing is in both. */
export function split(a: Region, b: Region): { readonly both: Region; readonly outside: readonly Region[] } | undefined {
  if (!touches(a, b)) return undefined;
  const outside: Region[] = [];
  let both = a;
  for (const line of LINES) {
    const beyond = subtract(both[line], b[line]);
    if (beyond.length === 0) continue;
    outside.push({ ...both, [line]: beyond });
    both = { ...both, [line]: intersect(both[line], b[line]) };
  }
  return { both, outside };
}

/** What is left of regions when others are taken away. */
export function remaining(of: readonly Region[], taken: Iterable<Region>): readonly Region[] {
  let left = of;
  for (const each of taken) {
    if (left.length === 0) return left;
    left = left.flatMap(piece => without(piece, each));
  }
  return left;
}

/** Whether nothing is left of a region when others are taken away. Piece by piece: the first that stays answers. */
export function isCovered(region: Region, taken: readonly Region[], from = 0): boolean {
  for (let at = from; at < taken.length; at += 1) {
    const each = taken[at];
    if (each !== undefined && touches(region, each)) return without(region, each).every(piece => isCovered(piece, taken, at + 1));
  }
  return false;
}

/** The first packet of a region that is not empty: the example for people. */
export function firstPacket(region: Region): Packet {
  const first = (line: Line): Point => region[line][0]?.[0] ?? Number.NaN;
  return {
    service: first('service'),
    source: first('source'),
    destination: first('destination'),
    enters: first('enters'),
    leaves: first('leaves'),
    sourcePort: first('sourcePort'),
    state: first('state'),
  };
}
