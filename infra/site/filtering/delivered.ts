/** Whether what the matrix allows gets through every filter on its way, and its answer back, whatever single element is down. */

import type { Family } from '../../city/addresses.js';
import { grouped } from '../../city/grouped.js';
import { type ElementNumber, type Flow, type Link, type LinkNumber, linkName, nodeName, type Zone } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import { type Failure, NOTHING_FAILED } from '../../city/routing/failure.js';
import { isDataCentre } from '../../city/routing/policy.js';
import { firstAccessLinks, type Prediction, predictorOf } from '../../city/routing/prediction.js';
import type { Topology } from '../topology.js';
import { packetName } from './admitted.js';
import type { Alike } from './alike.js';
import { type Case, casesOf } from './cases.js';
import { OFFICE_LAN } from './devices.js';
import { type Decided, decideAll } from './evaluate.js';
import { type Filters, pathOfHost } from './filters.js';
import { ANY_PORT, type State, stateAt } from './packets.js';
import { firstPacket } from './region.js';
import { NONE, type Spans, union } from './spans.js';
import { type Spot, spotsOf } from './spots.js';
import {
  externalPlaces,
  linkPlaces,
  officePlaces,
  type Place,
  type Routed,
  routerPlaces,
  type Step,
  sitePlaces,
  systemPlaces,
  type Trail,
  together,
  trailsTo,
  type Way,
  wayOver,
} from './ways.js';
import { answerTo, servicesOf, zoneAddresses } from './zones.js';

/** What was found on the ways of allowed flows, and how many ways there were in all cases. */
export interface Delivery {
  readonly problems: readonly Problem[];
  readonly walks: number;
}

/** Walks every allowed flow of a family from every place it may begin to every place it may go, and back. */
export function deliveries(topology: Topology, filters: Filters, alike: readonly Alike[], family: Family): Delivery {
  const complaints = new Complaints(topology, family, filters);
  const demands = demandsOf(topology, family, alike);
  const over = (flow: Flow['over']) => demands.filter(demand => demand.flow.over === flow);
  for (const demand of over('internet-line')) walkLine(demand, complaints);
  const walks = walkAll(topology, groupsOf(over('data-network')), complaints);
  return { problems: complaints.problems(), walks };
}

/** One flow from one place to another; offices that are alike count as one and weigh as many. */
interface Demand {
  readonly flow: Flow;
  readonly from: Place;
  readonly to: Place;
  readonly weight: number;
}

function demandsOf(topology: Topology, family: Family, alike: readonly Alike[]): readonly Demand[] {
  const { city } = topology;
  const access = firstAccessLinks(city);
  const offices = alike.flatMap(([office, ...others]) => {
    const link = access.get(office.number);
    return link === undefined ? [] : officePlaces(topology, office, link, family).map(place => ({ place, weight: 1 + others.length }));
  });
  const sites = city.sites.flatMap(site => sitePlaces(topology, site, family));
  const systems = systemPlaces(topology, family);
  const fixed = [...sites, ...externalPlaces(topology, family), ...routerPlaces(topology, family)].map(one);
  const announced = city.sites.filter(isDataCentre).flatMap(site => systems.map(system => ({ ...system, router: site.number })));
  const sources = [...offices, ...fixed, ...announced.map(one)];
  const links = new Map(city.sites.map(site => [site.number, linkPlaces(topology, site, family).map(one)]));
  const targets = [...offices, ...fixed, ...systems.map(one)];
  return city.flows.flatMap(flow =>
    merged(sources.filter(({ place }) => names(flow.from, place))).flatMap(({ place: from, weight }) => {
      const near = from.router === undefined ? [] : (links.get(from.router) ?? []);
      const to = merged([...targets, ...near].filter(({ place }) => names(flow.to, place)));
      return to.map(target => ({ flow, from, to: target.place, weight: weight * target.weight }));
    }),
  );
}

interface Weighed {
  readonly place: Place;
  readonly weight: number;
}

/** Places behind the same device as one: packets to them take the same ways through the same filters. */
function merged(places: readonly Weighed[]): readonly Weighed[] {
  return [...grouped(places, ({ place }) => [endKey(place)]).values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            place: together([first.place, ...others.map(({ place }) => place)]),
            weight: others.reduce((sum, { weight }) => sum + weight, first.weight),
          },
        ],
  );
}

const one = (place: Place): Weighed => ({ place, weight: 1 });
const names = (named: readonly Zone[], { zones }: Place): boolean =>
  zones.some(zone => named.includes(zone) || (zone.startsWith('system.') && named.includes('systems')));

/** Demands between the same routers: they take the same ways. */
interface Group {
  readonly start: ElementNumber;
  readonly there: Routed;
  readonly back: Routed;
  readonly target: ElementNumber | undefined;
  /** Put together by the devices that they begin and end at: these meet the same filters. */
  readonly streams: readonly (readonly Demand[])[];
  readonly weight: number;
}

function groupsOf(demands: readonly Demand[]): readonly Group[] {
  const routersKey = ({ from, to }: Demand) => `${from.router} ${routedKey(to.routed)} ${to.router} ${routedKey(from.routed)}`;
  return [...grouped(demands, each => [routersKey(each)]).values()].flatMap(list => {
    const [first] = list;
    if (first?.from.router === undefined) return [];
    return [
      {
        start: first.from.router,
        there: first.to.routed,
        back: first.from.routed,
        target: first.to.router,
        streams: [...grouped(list, ({ from, to }) => [`${endKey(from)} > ${endKey(to)}`]).values()],
        weight: list.reduce((sum, { weight }) => sum + weight, 0),
      },
    ];
  });
}

const routedKey = (routed: Routed): string => {
  if (routed.class === 'services') return routed.state;
  return routed.class === 'link' ? `${routed.site} ${routed.link?.number}` : `${routed.class} ${routed.node}`;
};

const endKey = ({ routed, router, device, office }: Place): string =>
  `${routedKey(routed)} ${router} ${device} ${office?.host} ${office?.itself}`;

/** There and back: a way of the request with a way of its answer. */
interface RoundTrip {
  readonly there: Trail;
  readonly back: Trail;
  readonly key: string;
}

/** A group with its ways while nothing is down. */
interface UsualGroup {
  readonly group: Group;
  readonly trips: readonly RoundTrip[];
  /** The ways that were walked already: the same filters need not be met twice. */
  readonly walked: Set<string>;
}

/** @returns how many ways there were, in all cases together */
function walkAll(topology: Topology, groups: readonly Group[], complaints: Complaints): number {
  const legs = legsOf(topology);
  const usual = legs(NOTHING_FAILED);
  unanswered(groups, usual, complaints);
  const all = groups.map((group): UsualGroup => ({ group, trips: roundTrips(group, usual), walked: new Set() }));
  const inReach = reachOf(topology, all);
  const usualWalks = walksOf(all);
  let walks = 0;
  for (const each of casesOf(topology.city)) {
    const now = legs(each.failure);
    const affected = inReach(each.failure);
    // What the failure does not reach goes its usual ways, which were walked in the first case.
    let changed = -walksOf(affected);
    for (const one of affected) {
      const trips = isGone(one.group, each.failure) ? [] : roundTrips(one.group, now);
      changed += trips.length * one.group.weight;
      for (const trip of trips.filter(({ key }) => !one.walked.has(key))) {
        one.walked.add(trip.key);
        for (const stream of one.group.streams) walk(topology, stream, trip, each, complaints);
      }
    }
    walks += (usualWalks + changed) * Math.max(1, each.elements.length);
  }
  return walks;
}

const walksOf = (groups: Iterable<UsualGroup>): number => {
  let walks = 0;
  for (const { group, trips } of groups) walks += trips.length * group.weight;
  return walks;
};

const isGone = ({ start, target }: Group, { nodes }: Failure): boolean => nodes.has(start) || (target !== undefined && nodes.has(target));

/**
 * The groups that a failure may send another way: those with something on their ways that is down. While a site or a link between
 * sites is down, announcements may change, so that may be any group; and nothing down is the first case, in which all are walked.
 */
function reachOf({ city }: Topology, all: readonly UsualGroup[]): (failure: Failure) => ReadonlySet<UsualGroup> {
  const everything = new Set(all);
  const sites = new Set(city.sites.map(({ number }) => number));
  const core = new Set(city.links.filter(({ ends }) => ends.every(end => sites.has(end))).map(({ number }) => number));
  const byNode = grouped(
    all,
    ({ group, trips }) => new Set([group.start, ...trips.flatMap(nodesOn), ...(group.target === undefined ? [] : [group.target])]),
  );
  const byLink = grouped(all, ({ trips }) => new Set(trips.flatMap(linksOn)));
  return ({ nodes, links }) => {
    const nothing = nodes.size + links.size === 0;
    if (nothing || [...nodes].some(node => sites.has(node)) || [...links].some(link => core.has(link))) return everything;
    return new Set([...[...nodes].flatMap(node => byNode.get(node) ?? []), ...[...links].flatMap(link => byLink.get(link) ?? [])]);
  };
}

const hopsOf = ({ there, back }: RoundTrip) => [...there.hops, ...back.hops];
const nodesOn = (trip: RoundTrip): readonly ElementNumber[] => [...hopsOf(trip).map(({ node }) => node), trip.there.end, trip.back.end];
const linksOn = (trip: RoundTrip): readonly LinkNumber[] => hopsOf(trip).map(({ link }) => link.number);

/** A place from which a flow may begin and from which nothing of where it may go is reached and answers, even while nothing is down. */
function unanswered(groups: readonly Group[], usual: Legs, complaints: Complaints): void {
  const answered = new Set<string>();
  const asked = new Map<string, { readonly demand: Demand; readonly end: ElementNumber | undefined }>();
  for (const group of groups) {
    const works = roundTrips(group, usual).length > 0;
    const end = usual(group.there, group.start)[0]?.end;
    for (const demand of group.streams.flat()) {
      const key = `${demand.flow.why} ${demand.from.name} ${demand.to.zones.map(zone => zone.split('.')[0])}`;
      if (works) answered.add(key);
      else if (!asked.has(key)) asked.set(key, { demand, end });
    }
  }
  for (const [key, { demand, end }] of asked) if (!answered.has(key)) complaints.noWay(demand, end);
}

/** Every way there with every way back of its answer. */
const roundTrips = ({ start, there, back }: Group, legs: Legs): readonly RoundTrip[] =>
  legs(there, start).flatMap(out =>
    legs(back, out.end).flatMap(home => (home.end === start ? [{ there: out, back: home, key: `${out.key}|${home.key}` }] : [])),
  );

/** All trails from a router to a place, in one case. */
type Legs = (routed: Routed, start: ElementNumber) => readonly Leg[];
interface Leg extends Trail {
  readonly key: string;
}

/**
 * The usual ways are still the ways while nothing on them is down, and where there was none there is none now. For what a router
 * tells a neighbour depends on the neighbour and on the path's length alone, and what fails makes no path shorter. A site that no
 * longer announces a service is another matter: services are worked out for every case.
 */
function legsOf(topology: Topology): (failure: Failure) => Legs {
  const predict = predictorOf(topology.city);
  const usual = new Map<string, readonly Leg[]>();
  const find = (routed: Routed, start: ElementNumber, prediction: Prediction, failure: Failure): readonly Leg[] =>
    trailsTo(routed, start, prediction, failure).map(trail => ({ ...trail, key: trailKey(trail) }));
  const undisturbed = predict(NOTHING_FAILED);
  return failure => {
    const prediction = predict(failure);
    const known = new Map<string, readonly Leg[]>();
    return (routed, start) => {
      const key = `${routedKey(routed)} ${start}`;
      const before = usual.get(key) ?? find(routed, start, undisturbed, NOTHING_FAILED);
      usual.set(key, before);
      if (routed.class !== 'services' && before.every(trail => isUp(trail, failure))) return before;
      const legs = known.get(key) ?? find(routed, start, prediction, failure);
      known.set(key, legs);
      return legs;
    };
  };
}

const isUp = ({ hops, end }: Trail, { nodes, links }: Failure): boolean =>
  !nodes.has(end) && hops.every(({ node, link }) => !nodes.has(node) && !links.has(link.number));

const trailKey = ({ hops, end }: Trail): string => `${hops.map(({ link }) => link.number)} ${end}`;

/** All demands of a stream meet the same filters. */
function walk(topology: Topology, demands: readonly Demand[], { there, back }: RoundTrip, during: Case, complaints: Complaints): void {
  const [first] = demands;
  if (first === undefined) return;
  walkBoth(demands, wayOver(topology, first.from, first.to, there), wayOver(topology, first.to, first.from, back), during, complaints);
}

/** Over an office's own line there is one way, and one filter on it. */
function walkLine(demand: Demand, complaints: Complaints): void {
  const { office } = demand.from;
  if (office === undefined) return;
  for (const line of complaints.linesOf(office.number)) {
    const inside = office.itself ? undefined : OFFICE_LAN;
    const step = (enters: string | undefined, leaves: string | undefined): Step => ({
      host: office.host,
      hook: enters === undefined ? 'output' : leaves === undefined ? 'input' : 'forward',
      enters,
      leaves,
    });
    const way = (steps: readonly Step[]): Way => ({ steps, end: office.number });
    walkBoth([demand], way([step(inside, linkName(line))]), way([step(linkName(line), inside)]), USUAL, complaints);
  }
}

const USUAL: Case = { failure: NOTHING_FAILED, elements: [] };

function walkBoth(demands: readonly Demand[], out: Way, home: Way, during: Case, complaints: Complaints): void {
  const passed = new Set(out.steps.map(({ host }) => host));
  // What an office's router itself sends and takes meets the same filters elsewhere as what comes from behind it.
  const [inner] = demands
    .slice(0, 1)
    .flatMap(({ from, to }) => [from, to].flatMap(({ office }) => (office?.itself === true ? [office.host] : [])));
  const differs = ({ host }: Step) => inner === undefined || inner === host;
  const there = out.steps.filter(differs).flatMap(step => complaints.spotAt(step, false, false));
  const back = home.steps.filter(differs).flatMap(step => complaints.spotAt(step, true, passed.has(step.host)));
  for (const demand of demands) for (const met of [...there, ...back]) complaints.meet(demand, met, during);
}

/** A filter that packets meet on their way there, or their answers on the way back. */
interface Met {
  readonly step: Step;
  readonly spot: Spot;
  readonly answer: boolean;
  /** Whether it has seen the request: connection tracking knows no answer to what it has not seen. */
  readonly knows: boolean;
}

/** Addresses, by a number for short. */
interface Numbered {
  readonly number: number;
  readonly addresses: Spans;
}
const MOST_ENDS = 2 ** 20;

/** What connection tracking calls an answer to something that it has not seen. */
const unknownState = ({ protocol }: Flow): State => (protocol === 'udp' ? 'new' : 'invalid');

/** What was dropped on the way, put together where it is the same rule and the same flow. */
class Complaints {
  private readonly flows: readonly Flow[];
  private readonly zones: ReadonlyMap<Zone, Spans>;
  private readonly spots: (step: Step) => Spot | undefined;
  private readonly known = new Map<string, boolean>();
  private readonly ends = new Map<Place, Numbered>();
  private readonly exact = new Map<Place, Numbered>();
  private readonly named = new Map<string, Numbered>();
  private count = 0;
  private readonly found = new Map<string, { readonly path: string; readonly message: string; readonly hint: string; cases: number }>();
  constructor(
    private readonly topology: Topology,
    readonly family: Family,
    private readonly filters: Filters,
  ) {
    this.flows = topology.city.flows;
    this.zones = zoneAddresses(topology, family);
    this.spots = spotsOf(filters, family);
  }

  linesOf(office: ElementNumber): readonly Link[] {
    return (this.topology.linksAt.get(office) ?? []).filter(({ kind }) => kind === 'internet');
  }

  spotAt(step: Step, answer: boolean, knows: boolean): readonly Met[] {
    const spot = this.spots(step);
    return spot === undefined ? [] : [{ step, spot, answer, knows }];
  }

  /** If the packets between all of two zones get through, fewer do; else those of the one place, for rules tell offices apart by their own addresses. */
  meet(demand: Demand, met: Met, during: Case): void {
    const { from, to } = demand;
    if (this.passes(demand, met, this.zoned(from), this.zoned(to))) return;
    if (this.passes(demand, met, this.exactly(from), this.zoned(to))) return;
    if (this.passes(demand, met, this.zoned(from), this.exactly(to))) return;
    const dropped = this.decided(demand.flow, met, from.addresses, to.addresses);
    if (dropped !== undefined) this.drop(demand, met, dropped, during);
  }

  private passes({ flow }: Demand, met: Met, from: Numbered, to: Numbered): boolean {
    const { spot, answer, knows } = met;
    const packets = (this.flows.indexOf(flow) * MOST_ENDS + from.number) * MOST_ENDS + to.number;
    const key = `${spot.id} ${packets} ${answer ? (knows ? 2 : 1) : 0}`;
    const found = this.known.get(key) ?? this.decided(flow, met, from.addresses, to.addresses) === undefined;
    this.known.set(key, found);
    return found;
  }

  /** What of a request between addresses, or of its answer, is dropped. */
  private decided(flow: Flow, { spot, answer, knows }: Met, from: Spans, to: Spans): Decided | undefined {
    const what = answer
      ? { ...answerTo(flow, this.family), source: to, destination: from, state: stateAt(knows ? 'established' : unknownState(flow)) }
      : { service: servicesOf(flow, this.family), sourcePort: ANY_PORT, source: from, destination: to, state: stateAt('new') };
    return decideAll(spot.judges, { ...what, enters: spot.enters, leaves: spot.leaves }).find(({ verdict }) => verdict === 'drop');
  }

  /** All addresses of a place's zones. */
  private zoned(place: Place): Numbered {
    const key = place.zones.join(' ');
    const known =
      this.ends.get(place) ?? this.named.get(key) ?? this.number(union(...place.zones.map(zone => this.zones.get(zone) ?? NONE)));
    this.ends.set(place, known);
    this.named.set(key, known);
    return known;
  }

  private exactly(place: Place): Numbered {
    const known = this.exact.get(place) ?? this.number(place.addresses);
    this.exact.set(place, known);
    return known;
  }

  private number(addresses: Spans): Numbered {
    this.count += 1;
    return { number: this.count, addresses };
  }

  /** @param end who has no route back; undefined: there is no route there */
  noWay({ flow, from, to }: Demand, end: ElementNumber | undefined): void {
    const node = end === undefined ? undefined : this.topology.nodes.get(end);
    const why = node === undefined ? 'there is no route there' : `${nodeName(node)} has no route back`;
    this.add(`${flow.why} ${from.zones} ${to.zones} back`, USUAL, {
      path: 'flows',
      message: `'${flow.why}' is allowed from ${from.name} to ${to.name}, and ${why}`,
      hint: 'let the routing policy tell the way, or take the flow out of the matrix',
    });
  }

  problems(): readonly Problem[] {
    return [...this.found.values()].map(({ path, message, hint, cases }) => ({
      rule: 'segmentation',
      path,
      message: cases > 1 ? `${message}; and ${cases - 1} more times` : message,
      hint,
    }));
  }

  private drop({ flow, from, to }: Demand, { step, answer }: Met, { rule, region }: Decided, during: Case): void {
    const by = rule === undefined ? 'the policy' : `rule '${rule.text}'`;
    const what = answer ? 'the answer' : 'the request';
    this.add(`${flow.why} ${step.host} ${step.hook} ${rule?.text} ${answer}`, during, {
      path: pathOfHost(this.topology, step.host),
      message: `${step.host} drops ${what} of '${flow.why}' between ${from.name} and ${to.name}: ${packetName(this.family, firstPacket(region), this.filters.devices)}; chain ${step.hook}, ${by}`,
      hint: answer
        ? 'let the answer pass where the request passes, or make both take one way'
        : `give ${step.host} the rule of this flow, before what drops it`,
    });
  }

  private add(key: string, { elements }: Case, finding: { readonly path: string; readonly message: string; readonly hint: string }): void {
    const known = this.found.get(key);
    const during = elements.length === 0 ? '' : `, while ${elements[0]} is down`;
    if (known === undefined) this.found.set(key, { ...finding, message: `${finding.message}${during}`, cases: 1 });
    else known.cases += 1;
  }
}
