/** The failures that change how routers send packets: every element of a city alone, those that come to the same put together. */

import { grouped } from '../../city/grouped.js';
import type { ElementNumber } from '../../city/identity.js';
import { type City, farEnd } from '../../city/model.js';
import { elementsOf, type Failure, NOTHING_FAILED } from '../../city/routing/failure.js';
import { carriesRoutes } from '../../city/routing/policy.js';

export interface Case {
  readonly failure: Failure;
  /** The elements, each of which alone comes to this; none when nothing is down. */
  readonly elements: readonly string[];
}

/** Nothing is down. */
export const USUAL: Case = { failure: NOTHING_FAILED, elements: [] };

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

/**
 * What fails with each aggregation node or its uplinks, in words that are equal where failures treat two nodes alike: what is of one
 * alone is described without its name.
 */
export function failingAt(city: City): ReadonlyMap<ElementNumber, string> {
  const uplinksAt = grouped(city.links.filter(carriesRoutes), ({ ends }) => ends);
  const nodes = new Map(city.aggregations.map(({ number }) => [number, { of: number, part: 'itself' }]));
  const links = new Map(
    city.aggregations.flatMap(({ number }) => {
      const inOrder = (uplinksAt.get(number) ?? []).toSorted((a, b) => farEnd(a, number) - farEnd(b, number));
      return inOrder.map((link, index) => [link.number, { of: number, part: `uplink ${index} to ${farEnd(link, number)}` }] as const);
    }),
  );
  const words = new Map<ElementNumber, string[]>(city.aggregations.map(({ number }) => [number, []]));
  for (const [index, { failure, elements }] of casesOf(city).entries()) {
    const down = [...[...failure.nodes].map(node => nodes.get(node)), ...[...failure.links].map(link => links.get(link))];
    const touched = grouped(
      down.filter(each => each !== undefined),
      ({ of }) => [of],
    );
    const when = touched.size === 1 && !down.includes(undefined) ? `${elements.length}` : `in case ${index}`;
    for (const [of, own] of touched) words.get(of)?.push(`${own.map(({ part }) => part).toSorted()} ${when}`);
  }
  return new Map([...words].map(([number, list]) => [number, list.toSorted().join('; ')]));
}

const keyOf = (nodes: readonly number[], links: readonly number[]): string => `${nodes.toSorted(byNumber)} ${links.toSorted(byNumber)}`;
const byNumber = (a: number, b: number): number => a - b;
