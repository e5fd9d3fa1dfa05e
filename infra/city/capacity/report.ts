import type { Survey } from '../failures/survey.js';
import type { ElementNumber } from '../identity.js';
import { linkName } from '../model.js';
import { type LineLoad, usedRatio } from './load.js';

/** One direction of a line, for readers. */
export interface LineReport {
  readonly link: string;
  /** Short names of the nodes. */
  readonly from: string;
  readonly to: string;
  readonly rateBps: number;
  readonly normalBps: number;
  readonly worstBps: number;
  /** What has failed in the worst case; absent where nothing brings more. */
  readonly worstWhen?: string;
  /** Of the rate, in the worst case: 1 is full. */
  readonly usedRatio: number;
  /** The year in which it is full in its worst case, when all demand grows as the inventory says. */
  readonly fullInYear?: number;
}

export interface CapacityReport {
  readonly cases: number;
  readonly growthRatioPerYear: number;
  /** The fullest first: the first of them is the one that fills first. */
  readonly lines: readonly LineReport[];
}

/** @param year the calendar year that growth counts from */
export function capacityReport({ city, terrain, loads }: Survey, year: number): CapacityReport {
  const { lines, cases } = loads();
  const { growthRatioPerYear } = city.capacity;
  const nameOf = (number: ElementNumber) => terrain.names.get(number) ?? '';
  const report = (line: LineLoad): LineReport => {
    const { link, direction, rateBps, normalBps, worstBps, worstWhen } = line;
    const full = yearOfFull(line, growthRatioPerYear, year);
    return {
      link: linkName(link),
      from: nameOf(link.ends[direction]),
      to: nameOf(link.ends[direction === 0 ? 1 : 0]),
      rateBps,
      normalBps: Math.round(normalBps),
      worstBps: Math.round(worstBps),
      ...(worstWhen === undefined ? {} : { worstWhen }),
      usedRatio: Number(usedRatio(line).toFixed(4)),
      ...(full === undefined ? {} : { fullInYear: full }),
    };
  };
  return { cases, growthRatioPerYear, lines: lines.map(report) };
}

/** The year in which a line is full in its worst case, when all demand grows alike; undefined when it never is. */
export function yearOfFull(load: Pick<LineLoad, 'worstBps' | 'rateBps'>, growthRatioPerYear: number, year: number): number | undefined {
  const used = usedRatio(load);
  if (used >= 1) return year;
  if (growthRatioPerYear <= 0 || used <= 0) return undefined;
  return year + Math.ceil(Math.log(1 / used) / Math.log(1 + growthRatioPerYear));
}
