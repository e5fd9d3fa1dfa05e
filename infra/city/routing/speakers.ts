/** The routers that speak to each other, and the links between them: what routes are predicted on. */

import { grouped } from '../grouped.js';
import type { ElementNumber } from '../identity.js';
import { type City, farEnd, type Link, type Node, nodesOf } from '../model.js';
import type { Failure } from './failure.js';
import { carriesRoutes, EXCHANGES, type Exchange, policyFor } from './policy.js';

/** One neighbour of a router over one link, as it sees it. */
export interface Adjacency {
  readonly link: Link;
  readonly far: ElementNumber;
  /** How the router treats it. */
  readonly exchange: Exchange;
  /** How it treats the router. */
  readonly reverse: Exchange;
}

/** The BGP neighbours of a router, in the order of the city's links. */
export interface Speaker {
  /** Adjacencies to routers that pass on what they hear. */
  readonly passing: readonly Adjacency[];
  readonly to: ReadonlyMap<ElementNumber, readonly Adjacency[]>;
}
export type Speakers = ReadonlyMap<ElementNumber, Speaker>;

export function speakersOf(city: City): Speakers {
  const nodes = nodesOf(city);
  const found = new Map<ElementNumber, Adjacency[]>(
    [...city.sites, ...city.aggregations, ...city.externals].map(({ number }) => [number, []]),
  );
  for (const link of city.links.filter(carriesRoutes)) for (const near of link.ends) found.get(near)?.push(adjacency(nodes, link, near));
  return new Map([...found].map(([node, adjacencies]) => [node, speaker(adjacencies)]));
}

const speaker = (adjacencies: readonly Adjacency[]): Speaker => ({
  passing: adjacencies.filter(({ reverse }) => reverse.sends !== 'own'),
  to: grouped(adjacencies, ({ far }) => [far]),
});

function adjacency(nodes: ReadonlyMap<ElementNumber, Node>, link: Link, near: ElementNumber): Adjacency {
  const far = farEnd(link, near);
  const [own, other] = [nodes.get(near), nodes.get(far)];
  if (own === undefined || other === undefined) throw new Error(`link ${link.number} leads to no node`); // the loader refuses it
  return { link, far, exchange: EXCHANGES[policyFor(own, other)], reverse: EXCHANGES[policyFor(other, own)] };
}

/** Whether two routers still speak over a link. */
export const alive = (failure: Failure, near: ElementNumber, { link, far }: Adjacency): boolean =>
  !failure.links.has(link.number) && !failure.nodes.has(near) && !failure.nodes.has(far);
