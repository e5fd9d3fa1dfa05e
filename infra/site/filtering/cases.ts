/** The failures that change how routers send packets: every element of a city alone, those that come to the same put together. */

import type { City } from '../../city/model.js';
import { elementsOf, type Failure, NOTHING_FAILED } from '../../city/routing/failure.js';
import { carriesRoutes } from '../../city/routing/policy.js';

export interface Case {
  readonly failure: Failure;
  /** The elements, each of which alone comes to this; none when nothing is down. */
  readonly elements: readonly string[];
}

/** Nothing down, then what fails when any one element does. An office or its line takes no other's way: those are the first case again. */
export function casesOf(city: City): readonly Case[] {
  const routers = new Set([...city.sites, ...city.aggregations, ...city.externals].map(({ number }) => number));
  const trunks = new Set(city.links.filter(carriesRoutes).map(({ number }) => number));
  const cases = new Map<string, { failure: Failure; elements: string[] }>([[keyOf([], []), { failure: NOTHING_FAILED, elements: [] }]]);
  for (const { name, down: failed } of elementsOf(city)) {
    const down = { nodes: [...failed.nodes].filter(node => routers.has(node)), links: [...failed.links].filter(link => trunks.has(link)) };
    if (down.nodes.length + down.links.length === 0) continue;
    const key = keyOf(down.nodes, down.links);
    const found = cases.get(key) ?? { failure: { nodes: new Set(down.nodes), links: new Set(down.links) }, elements: [] };
    found.elements.push(name);
    cases.set(key, found);
  }
  return [...cases.values()];
}

const keyOf = (nodes: readonly number[], links: readonly number[]): string => `${nodes.toSorted(byNumber)} ${links.toSorted(byNumber)}`;
const byNumber = (a: number, b: number): number => a - b;
