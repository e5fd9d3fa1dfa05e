import type { ElementNumber, LinkNumber } from '../../infra/city/identity.js';
import { load } from '../../infra/city/load/load.js';
import type { City, Link } from '../../infra/city/model.js';
import { DAY } from './day.js';
import { patched } from './patched.js';

const BASE = load(patched([]), DAY);

/** A city of three offices, two aggregation nodes and three sites without problems, with some of its parts replaced. */
export const toyCity = (changes: Partial<City> = {}): City => ({ ...BASE, ...changes });

/** One more link for a toy city. */
export const link = (number: number, kind: Link['kind'], from: number, to: number, ...riskGroups: string[]): Link => ({
  number: number as LinkNumber,
  kind,
  ends: [from as ElementNumber, to as ElementNumber],
  carrier: riskGroups[0] ?? 'carrier-a',
  riskGroups,
  rateBps: [1e9, 1e9],
  mtuBytes: 1500,
  validity: {},
  assumed: [],
});
