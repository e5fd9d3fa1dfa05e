/** What the network does with a packet while something is down: who announces what, which way each router sends it, where it ends. */

import { type City, type ElementNumber, type Endpoint, farEnd, type Link, nodesOf, type Site, type System } from '../model.js';
import type { Failure } from './failure.js';
import { isDataCentre, PREPENDS, type RouteClass } from './policy.js';
import { type Destination, type RoutingTable, routesTo } from './routes.js';
import { type Speakers, speakersOf } from './speakers.js';

/** One step of a packet: the node it leaves and the link it leaves over. */
export interface Hop {
  readonly node: ElementNumber;
  readonly link: Link;
}

/** Where a packet ends, with the way it took. The set is closed: nothing else can happen to it. */
export type Outcome = { readonly hops: readonly Hop[] } & (
  | { readonly kind: 'delivered'; readonly site: ElementNumber }
  /** Its own node is down. */
  | { readonly kind: 'source-down' }
  /** A fixed route leads into a line that is down. */
  | { readonly kind: 'lost'; readonly link: Link }
  | { readonly kind: 'no-route'; readonly at: ElementNumber }
  | { readonly kind: 'loop'; readonly at: ElementNumber }
  /** It arrives, and the answer does not come back. */
  | { readonly kind: 'no-return'; readonly site: ElementNumber; readonly back: Outcome }
);

/** Answers about one city while something is down. Routes are worked out when they are first asked for. */
export interface Prediction {
  /** To every system that keeps such state: their routes are the same. */
  toService(state: System['state']): RoutingTable;
  /** To what a router originates: a site its LAN, an aggregation node its offices, an external its prefixes, each its own loopback. */
  toOwn(routeClass: OwnClass, node: ElementNumber): RoutingTable;
  /** Whether a site's etcd member is in a majority. */
  hasQuorum(site: ElementNumber): boolean;
  /** From an office to a system and back. */
  path(from: Endpoint, system: System): Outcome;
  /** Whether what enters at an aggregation node reaches systems of a kind, and the answer comes back to it. */
  serves(aggregation: ElementNumber, state: System['state']): boolean;
}

export type OwnClass = Exclude<RouteClass, 'services'>;

export function predictorOf(city: City): (failure: Failure) => Prediction {
  const fixed = { city, speakers: speakersOf(city), nodes: nodesOf(city), access: firstAccessLinks(city) };
  return failure => predict(fixed, failure);
}

interface Fixed {
  readonly city: City;
  readonly speakers: Speakers;
  readonly nodes: ReturnType<typeof nodesOf>;
  readonly access: ReadonlyMap<ElementNumber, Link>;
}

function predict(fixed: Fixed, failure: Failure): Prediction {
  const { city, speakers } = fixed;
  const known = new Map<string, RoutingTable>();
  const to = (key: string, destination: () => Destination): RoutingTable => {
    const found = known.get(key) ?? routesTo(speakers, failure, destination());
    known.set(key, found);
    return found;
  };
  const toOwn = (routeClass: OwnClass, node: ElementNumber) =>
    to(`${routeClass} ${node}`, () => ({ class: routeClass, origins: [{ node, prepends: 0 }] }));
  const toLan = (site: ElementNumber) => toOwn('lans', site);
  const hasQuorum = (site: ElementNumber) => inMajority(city, failure, toLan, site);
  const toService = (state: System['state']) =>
    to(`services ${state}`, () => ({
      class: 'services',
      origins: announcing(city, state, hasQuorum).map(({ number, role }) => ({ node: number, prepends: PREPENDS[role].preferred })),
    }));
  return {
    toService,
    toOwn,
    hasQuorum,
    path: (from, { state }) => there(fixed, failure, from, toService(state), () => toOwn('endpoints', from.aggregation)),
    serves: (aggregation, state) =>
      !failure.nodes.has(aggregation) &&
      andBack(follow(toService(state), aggregation, []), () => toOwn('endpoints', aggregation)).kind === 'delivered',
  };
}

/** A primary without quorum withdraws what writes to the database; the backup never does. */
const announcing = (city: City, state: System['state'], hasQuorum: (site: ElementNumber) => boolean): readonly Site[] =>
  city.sites.filter(isDataCentre).filter(({ number, role }) => role === 'backup' || state === 'none' || hasQuorum(number));

/** Members that hear each other both ways, the site's own among them, are more than half of all. */
function inMajority(city: City, { nodes }: Failure, toLan: (site: ElementNumber) => RoutingTable, site: ElementNumber): boolean {
  const heard = city.sites.filter(
    ({ number }) => number === site || (!nodes.has(number) && toLan(site).has(number) && toLan(number).has(site)),
  );
  const members = (sites: readonly Site[]) => sites.reduce((count, { hosts }) => count + hosts.etcd.length, 0);
  return !nodes.has(site) && 2 * members(heard) > members(city.sites);
}

/** The link of each office's fixed route: the first of its access links, as its router has it. */
export function firstAccessLinks({ links }: City): ReadonlyMap<ElementNumber, Link> {
  const found = new Map<ElementNumber, Link>();
  for (const link of links.filter(({ kind }) => kind === 'access')) {
    for (const end of link.ends) if (!found.has(end)) found.set(end, link);
  }
  return found;
}

function there(fixed: Fixed, failure: Failure, from: Endpoint, table: RoutingTable, officeTable: () => RoutingTable): Outcome {
  if (failure.nodes.has(from.number)) return { kind: 'source-down', hops: [] };
  const link = fixed.access.get(from.number);
  if (link === undefined) return { kind: 'no-route', at: from.number, hops: [] };
  const first = { node: from.number, link };
  const entry = farEnd(link, from.number);
  if (failure.links.has(link.number) || failure.nodes.has(entry)) return { kind: 'lost', link, hops: [first] };
  return andBack(follow(table, entry, [first]), officeTable);
}

/** A way that is one only when the answer finds back to the aggregation node; from there it takes the line that the packet came over. */
function andBack(way: Outcome, officeTable: () => RoutingTable): Outcome {
  if (way.kind !== 'delivered') return way;
  const back = follow(officeTable(), way.site, []);
  return back.kind === 'delivered' ? way : { kind: 'no-return', site: way.site, back, hops: way.hops };
}

/** Follows a routing table from a router to an origin. Links of equal worth lead to the same neighbour's end: the first stands for all. */
function follow(table: RoutingTable, start: ElementNumber, before: readonly Hop[]): Outcome {
  const hops = [...before];
  const seen = new Set<ElementNumber>();
  for (let node = start; ; ) {
    const route = table.get(node);
    if (route === undefined) return { kind: 'no-route', at: node, hops };
    if (seen.has(node)) return { kind: 'loop', at: node, hops };
    seen.add(node);
    const [link] = route.links;
    if (link === undefined) return { kind: 'delivered', site: node, hops };
    hops.push({ node, link });
    node = farEnd(link, node);
  }
}
