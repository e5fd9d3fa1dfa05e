/** Sets of packets as products of spans, and what is left of one when others are taken away. */

import { intersect, meet, type Point, type Spans, subtract } from './spans.js';

/** What tells packets apart, what rules differ in most often first. */
const LINES = ['service', 'source', 'destination', 'enters', 'leaves', 'sourcePort', 'state'] as const;
export type Line = (typeof LINES)[number];

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
export function without(a: Region, b: Region): readonly Region[] {
  if (!touches(a, b)) return [a];
  const pieces: Region[] = [];
  let rest = a;
  for (const line of LINES) {
    const outside = subtract(rest[line], b[line]);
    if (outside.length === 0) continue;
    pieces.push({ ...rest, [line]: outside });
    rest = { ...rest, [line]: intersect(rest[line], b[line]) };
  }
  return pieces;
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

/** Whether a packet is in a region. */
export const holds = (region: Region, packet: Packet): boolean =>
  LINES.every(line => region[line].some(([from, until]) => from <= packet[line] && packet[line] < until));
