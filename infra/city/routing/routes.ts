/**
 * Which way every router sends what is meant for one destination: BGP as FRR decides it here, run to its end.
 *
 * Of the decision (https://docs.frrouting.org/en/latest/bgp.html#route-selection) only these steps can differ in this design: own routes
 * first, then the shortest AS path. Paths of equal length are used together (`bestpath as-path multipath-relax`).
 */

import type { ElementNumber } from '../identity.js';
import type { Link } from '../model.js';
import type { Failure } from './failure.js';
import type { Exchange, RouteClass } from './policy.js';
import { type Adjacency, alive, type Speaker, type Speakers } from './speakers.js';

/** Who originates a destination, and how often it prepends itself. */
interface Origin {
  readonly node: ElementNumber;
  readonly prepends: number;
}
export interface Destination {
  readonly class: RouteClass;
  readonly origins: readonly Origin[];
}

interface Route {
  /** Autonomous systems on the way, nearest first, prepends repeated; by their nodes' numbers. */
  readonly path: readonly ElementNumber[];
  /** Where packets leave: one link, or several of equal worth; none at the origin itself. */
  readonly links: readonly Link[];
}

/** By router; a router without a route is absent. */
export type RoutingTable = Pick<ReadonlyMap<ElementNumber, Route>, 'get' | 'has'>;

/**
 * The routes to a destination once all routers have settled.
 *
 * Only routers that pass on what they hear take part in that. The others pass nothing on: their own route is computed when it is
 * needed, so a table costs no more for a country than for its few sites.
 *
 * @throws when they never settle, which this policy excludes
 */
export function routesTo(speakers: Speakers, failure: Failure, destination: Destination): RoutingTable {
  const settled = settle(speakers, failure, destination);
  const listening = new Map<ElementNumber, Route | undefined>();
  const learned = { table: settled, failure, destination };
  const get = (node: ElementNumber): Route | undefined => {
    const known = settled.get(node) ?? listening.get(node);
    if (known !== undefined || listening.has(node)) return known;
    const route = bestRoute(node, speakers.get(node), learned);
    listening.set(node, route);
    return route;
  };
  return { get, has: node => get(node) !== undefined };
}

/** The routes of the origins and of all that pass on what they hear. */
function settle(speakers: Speakers, failure: Failure, destination: Destination): ReadonlyMap<ElementNumber, Route> {
  const own = new Map<ElementNumber, Route>(
    destination.origins
      .filter(({ node }) => !failure.nodes.has(node))
      .map(({ node, prepends }) => [node, { path: Array(prepends).fill(node), links: [] }]),
  );
  const table = new Map(own);
  const learned = { table, failure, destination };
  let changed: ReadonlySet<ElementNumber> = new Set(own.keys());
  // A path of n routers is known everywhere after n rounds. Only who hears of a change decides anew.
  for (let round = 0; changed.size > 0; round += 1) {
    if (round > 2 * speakers.size) throw new Error('routes do not settle');
    const deciding = hearers(speakers, changed).filter(node => !own.has(node));
    const decisions = deciding.map(node => [node, bestRoute(node, speakers.get(node), learned)] as const);
    const changes = decisions.filter(([node, route]) => !sameRoute(table.get(node), route));
    for (const [node, route] of changes) {
      if (route === undefined) table.delete(node);
      else table.set(node, route);
    }
    changed = new Set(changes.map(([node]) => node));
  }
  return table;
}

const hearers = (speakers: Speakers, changed: ReadonlySet<ElementNumber>): readonly ElementNumber[] => [
  ...new Set([...changed].flatMap(node => (speakers.get(node)?.passing ?? []).map(({ far }) => far))),
];

/** What a router goes by: the routes that its neighbours have now. */
export interface Learned {
  readonly table: RoutingTable;
  readonly failure: Failure;
  readonly destination: Destination;
}

/** A path that a neighbour offers over a link, nearest autonomous system first. */
export interface Offer {
  readonly link: Link;
  readonly path: readonly ElementNumber[];
}

/** Everything that a router is offered and takes, in the order of the links. */
export const offersTo = (near: ElementNumber, speaker: Speaker | undefined, learned: Learned): readonly Offer[] =>
  speaker === undefined
    ? []
    : talking(speaker, learned.destination).flatMap(adjacency => {
        const path = pathOver(near, adjacency, learned);
        return path === undefined ? [] : [{ link: adjacency.link, path }];
      });

/** Neighbours that may have something to announce: those that pass on what they hear, and the origins. */
function talking({ passing, to }: Speaker, { origins }: Destination): readonly Adjacency[] {
  const more = origins.flatMap(({ node }) => to.get(node) ?? []).filter(({ reverse }) => reverse.sends === 'own');
  return more.length === 0 ? passing : [...passing, ...more].toSorted((a, b) => a.link.number - b.link.number);
}

function bestRoute(near: ElementNumber, speaker: Speaker | undefined, learned: Learned): Route | undefined {
  const offers = offersTo(near, speaker, learned);
  const shortest = Math.min(...offers.map(({ path }) => path.length));
  const best = offers.filter(({ path }) => path.length === shortest);
  return best[0] === undefined ? undefined : { path: best[0].path, links: best.map(({ link }) => link) };
}

/** The AS path that a neighbour offers over a link; undefined when it offers none that is taken. */
function pathOver(
  near: ElementNumber,
  adjacency: Adjacency,
  { table, failure, destination }: Learned,
): readonly ElementNumber[] | undefined {
  const { far, exchange, reverse } = adjacency;
  const offered = table.get(far);
  if (offered === undefined || !alive(failure, near, adjacency)) return undefined;
  const passes = (exchanged: Exchange[keyof Exchange]): boolean =>
    exchanged === 'own' ? offered.links.length === 0 : exchanged.includes(destination.class);
  if (!passes(reverse.sends) || !passes(exchange.accepts) || offered.path.includes(near)) return undefined;
  return [far, ...offered.path];
}

const sameRoute = (a: Route | undefined, b: Route | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameList(a.path, b.path) && sameList(a.links, b.links);

const sameList = <T>(a: readonly T[], b: readonly T[]): boolean => a.length === b.length && a.every((value, index) => value === b[index]);
