import type { LinkNumber } from '../../infra/city/identity.js';
import type { City } from '../../infra/city/model.js';
import { elementsOf } from '../../infra/city/routing/failure.js';
import { carriesRoutes } from '../../infra/city/routing/policy.js';
import { drawn, seeded } from './seeded.js';

/** Lines that are cut at the same time, and what for. */
export interface CutCase {
  /** Names of the elements that fail: `l12`, `carrier-b`. */
  readonly elements: readonly string[];
  readonly links: readonly LinkNumber[];
}

/** The share of cuts that take two elements at once. */
const DOUBLE_RATIO = 0.25;

/**
 * Cuts drawn from all elements that take lines only, among them one that carries BGP: a link, a duct, a carrier. A quarter of the cuts are
 * two such elements at once. Same seed, same cuts.
 */
export function cutsToTry(city: City, count: number, seed: number): readonly CutCase[] {
  const random = seeded(seed);
  const routed = new Set(city.links.filter(carriesRoutes).map(({ number }) => number));
  const elements = elementsOf(city).filter(({ down }) => down.nodes.size === 0 && [...down.links].some(link => routed.has(link)));
  const doubles = elements.length < 2 ? 0 : Math.min(count, Math.ceil(count * DOUBLE_RATIO));
  const together = (size: number): CutCase => {
    const failed = drawn(elements, size, random);
    return { elements: failed.map(({ name }) => name), links: [...new Set(failed.flatMap(({ down }) => [...down.links]))] };
  };
  const singles = drawn(elements, count - doubles, random).map(({ name, down }) => ({ elements: [name], links: [...down.links] }));
  return [...singles, ...Array.from({ length: doubles }, () => together(2))];
}
