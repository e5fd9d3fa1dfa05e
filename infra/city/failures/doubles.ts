/** Every two elements that fail together: exact, because most of them touch nothing in common and need not be tried. */

import { grouped } from '../grouped.js';
import type { Cut, Cuts } from './cuts.js';
import type { Footprint, Terrain } from './footprint.js';

/** Pairs with one and the same effect. */
interface DoubleFailure {
  /** By their elements' names. */
  readonly pairs: readonly (readonly [string, string])[];
  /** What both together cut and neither alone. */
  readonly cut: Cut;
}

export interface DoubleFailures {
  /** All pairs of elements that there are. */
  readonly cases: number;
  /** Those that were tried one by one; the others meet nowhere, so together they do what each does alone. */
  readonly tried: number;
  /** Those that cut what neither alone cuts. */
  readonly cutting: number;
  /** The same by effect, the most offices first. */
  readonly effects: readonly DoubleFailure[];
}

export function doubleFailuresOf(terrain: Terrain, cuts: Cuts): DoubleFailures {
  const officesIn = countIn(terrain.city);
  const cutBy = alikeInCore(cuts);
  const effects = new Map<string, { readonly pairs: [string, string][]; readonly cut: Cut }>();
  let tried = 0;
  for (const [one, other] of meetingPairs(terrain)) {
    tried += 1;
    const cut = cutBy(one, other);
    if (officesIn(cut) === 0) continue;
    const key = keyOf(cut);
    const known = effects.get(key) ?? { pairs: [], cut };
    known.pairs.push([one.element.name, other.element.name]);
    effects.set(key, known);
  }
  const { length } = terrain.footprints;
  return {
    cases: (length * (length - 1)) / 2,
    tried,
    cutting: [...effects.values()].reduce((sum, { pairs }) => sum + pairs.length, 0),
    effects: [...effects.values()].toSorted((a, b) => officesIn(b.cut) - officesIn(a.cut)),
  };
}

/** Elements of which only the core is seen are alike when the same of it is down: a site, its building, its power feed, its router. */
function alikeInCore(cuts: Cuts): Cuts['double'] {
  const known = new Map<string, Cut>();
  return (one, other) => {
    if (!inCoreAlone(one) || !inCoreAlone(other)) return cuts.double(one, other);
    const key = `${one.core}|${other.core}`;
    const cut = known.get(key) ?? cuts.double(one, other);
    known.set(key, cut);
    return cut;
  };
}

const inCoreAlone = ({ core, element: { down } }: Footprint): boolean =>
  core.length === down.nodes.size + down.links.size + (down.hosts?.size ?? 0);

/** How many offices lose something; systems of a kind that the city does not have count for none. */
function countIn({ systems }: Terrain['city']): (cut: Cut) => number {
  const kinds = [...new Set(systems.map(({ state }) => state))];
  return cut => Math.max(0, ...kinds.map(kind => cut[kind].length));
}

const keyOf = ({ none, database }: Cut): string => [none, database].map(list => list.map(({ number }) => number).join(' ')).join('|');

/** Two elements meet at an aggregation node that both touch, or in the core; what touches neither meets nothing. */
function* meetingPairs({ footprints }: Terrain): Generator<readonly [Footprint, Footprint]> {
  const touching = footprints.filter(({ core, aggregations }) => core.length > 0 || aggregations.size > 0);
  const order = new Map(touching.map((footprint, index) => [footprint, index]));
  const inCore = touching.filter(({ core }) => core.length > 0);
  const at = grouped(touching, ({ aggregations }) => aggregations);
  for (const [index, one] of touching.entries()) {
    const near = new Set([...[...one.aggregations].flatMap(node => at.get(node) ?? []), ...inCore]);
    const partners = one.core.length > 0 ? touching.slice(index + 1) : near;
    for (const other of partners) if ((order.get(other) ?? 0) > index) yield [one, other];
  }
}
