/** What the network does with a packet while something is down: who announces what, which way each router sends it, where it ends. */

import type { ElementNumber } from '../identity.js';
import { type City, type Endpoint, farEnd, type Link, nodesOf, type Site, type System } from '../model.js';
import { answers, type Failure } from './failure.js';
import { isDataCentre, PREPENDS, type RouteClass } from './policy.js';
import { type Destination, type Offer, offersTo, type RoutingTable, routesTo } from './routes.js';
import { type Speakers, speakersOf } from './speakers.js';
import { type Hears, hasQuorum, type Writer, writerOf } from './writer.js';

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
  /** It is answered, by a site whose applications reach no database that may be written. */
  | { readonly kind: 'no-writer'; readonly site: ElementNumber; readonly writer: Writer }
);

/** Answers about one city while something is down. Routes are computed when they are first needed. */
export interface Prediction {
  /** To every system that keeps such state: their routes are the same. */
  toService(state: System['state']): RoutingTable;
  /** To what a router originates: a site its LAN, an aggregation node its offices, an external its prefixes, each its own loopback. */
  toOwn(routeClass: OwnClass, node: ElementNumber): RoutingTable;
  /** What a router is offered of the services of such systems, whether it uses it or not. */
  offersOfService(state: System['state'], node: ElementNumber): readonly Offer[];
  /** Who may write to the database. */
  writer(): Writer;
  /** From an office to a system and back. */
  path(from: Endpoint, system: Pick<System, 'state'>): Outcome;
  /** From where it enters, at an aggregation node, to systems of a kind, and back to it. An external's own class is `externals`. */
  trunk(entry: ElementNumber, state: System['state'], own?: 'endpoints' | 'externals'): Outcome;
}

export type OwnClass = Exclude<RouteClass, 'services'>;

export function predictorOf(city: City): (failure: Failure) => Prediction {
  const fixed = { city, speakers: speakersOf(city), nodes: nodesOf(city), access: firstAccessLinks(city) };
  const unreachable = city.sites.filter(({ hosts }) => hosts.router.length === 0).map(({ number }) => number);
  return failure => predict(fixed, unreachable.length === 0 ? failure : { ...failure, nodes: new Set([...failure.nodes, ...unreachable]) });
}

interface Fixed {
  readonly city: City;
  readonly speakers: Speakers;
  readonly nodes: ReturnType<typeof nodesOf>;
  readonly access: ReadonlyMap<ElementNumber, Link>;
}

function predict(fixed: Fixed, failure: Failure): Prediction {
  const { city, speakers } = fixed;
  const tables = new Map<string, RoutingTable>();
  const to = (key: string, destination: () => Destination): RoutingTable => {
    const found = tables.get(key) ?? routesTo(speakers, failure, destination());
    tables.set(key, found);
    return found;
  };
  const toOwn = (routeClass: OwnClass, node: ElementNumber) =>
    to(`${routeClass} ${node}`, () => ({ class: routeClass, origins: [{ node, prepends: 0 }] }));
  const hears = (from: ElementNumber, site: ElementNumber) => toOwn('lans', site).has(from);
  const services = (state: System['state']): Destination => ({
    class: 'services',
    origins: announcing(city, state, failure, site => hasQuorum(city, failure, hears, site)).map(({ number, role }) => ({
      node: number,
      prepends: PREPENDS[role][failure.held?.has(number) === true ? 'held' : 'preferred'],
    })),
  });
  const toService = (state: System['state']) => to(`services ${state}`, () => services(state));
  let known: Writer | undefined;
  const writer = () => {
    known ??= writerOf(city, failure, hears);
    return known;
  };
  const served = (way: Outcome, entry: ElementNumber, state: System['state'], own: OwnClass = 'endpoints'): Outcome => {
    const answered = andBack(way, () => toOwn(own, entry));
    return state === 'database' ? andWritten(answered, writer, hears) : answered;
  };
  return {
    toService,
    toOwn,
    offersOfService: (state, node) =>
      offersTo(node, speakers.get(node), { table: toService(state), failure, destination: services(state) }),
    writer,
    path: (from, { state }) => {
      const way = enter(fixed, failure, from, entry => follow(toService(state), entry.node, [entry.hop]));
      return served(way, from.aggregation, state);
    },
    trunk: (entry, state, own) =>
      failure.nodes.has(entry) ? { kind: 'source-down', hops: [] } : served(follow(toService(state), entry, []), entry, state, own),
  };
}

/** Where a program answers. A primary without quorum withdraws what writes to the database; the backup never does. */
const announcing = (
  { sites }: City,
  state: System['state'],
  failure: Failure,
  hasQuorum: (site: ElementNumber) => boolean,
): readonly Site[] =>
  sites
    .filter(site => isDataCentre(site) && answers(site, failure))
    .filter(({ number, role }) => role === 'backup' || state === 'none' || hasQuorum(number));

/** The link of each office's fixed route: the first of its access links, as its router has it. */
export function firstAccessLinks({ links }: City): ReadonlyMap<ElementNumber, Link> {
  const found = new Map<ElementNumber, Link>();
  for (const link of links.filter(({ kind }) => kind === 'access')) {
    for (const end of link.ends) if (!found.has(end)) found.set(end, link);
  }
  return found;
}

interface Entry {
  readonly node: ElementNumber;
  readonly hop: Hop;
}

/** Over the office's own line to where the network begins, and on. */
function enter({ access }: Fixed, failure: Failure, from: Endpoint, onwards: (entry: Entry) => Outcome): Outcome {
  if (failure.nodes.has(from.number)) return { kind: 'source-down', hops: [] };
  const link = access.get(from.number);
  if (link === undefined) return { kind: 'no-route', at: from.number, hops: [] };
  const hop = { node: from.number, link };
  const node = farEnd(link, from.number);
  if (failure.links.has(link.number) || failure.nodes.has(node)) return { kind: 'lost', link, hops: [hop] };
  return onwards({ node, hop });
}

/** A way that is one only when the answer finds back to the aggregation node; from there it takes the line that the packet came over. */
function andBack(way: Outcome, officeTable: () => RoutingTable): Outcome {
  if (way.kind !== 'delivered') return way;
  const back = follow(officeTable(), way.site, []);
  return back.kind === 'delivered' ? way : { kind: 'no-return', site: way.site, back, hops: way.hops };
}

/** A system that keeps state answers only when its site's applications reach the one who may write. */
function andWritten(way: Outcome, writerNow: () => Writer, hears: Hears): Outcome {
  if (way.kind !== 'delivered') return way;
  const writer = writerNow();
  const reached = writer.kind === 'one' && (writer.site === way.site || (hears(way.site, writer.site) && hears(writer.site, way.site)));
  return reached ? way : { kind: 'no-writer', site: way.site, writer, hops: way.hops };
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
