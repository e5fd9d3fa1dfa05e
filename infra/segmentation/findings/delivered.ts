/** Whether what the matrix allows gets through every filter on its way, and its answer back, whatever single element is down. */

import type { Family } from '../../city/addresses.js';
import { grouped } from '../../city/grouped.js';
import type { ElementNumber, LinkNumber } from '../../city/identity.js';
import { type Flow, linkName, linksBetweenSites } from '../../city/model.js';
import { type Failure, NOTHING_FAILED } from '../../city/routing/failure.js';
import type { Topology } from '../../site/topology.js';
import { OFFICE_LAN } from '../nftables/devices.js';
import type { Filters } from '../nftables/filters.js';
import { type Case, casesOf, USUAL } from '../paths/cases.js';
import { type Legs, legsOf, type RoundTrip, roundTrips } from '../paths/legs.js';
import { stepAt, type Way, type WayStep, wayOver } from '../paths/ways.js';
import type { Likeness } from '../symmetry/alike.js';
import { type Complaint, Complaints } from './complaints.js';
import { type Demand, type DemandGroup, demandsOf, groupsOf } from './demands.js';

/** What was found on the ways of allowed flows, and how many ways there were in all cases. */
export interface Delivery {
  readonly problems: readonly Complaint[];
  readonly walks: number;
}

/** Walks every allowed flow of a family from every place it may begin to every place it may go, and back. */
export function deliveries(topology: Topology, filters: Filters, likeness: Likeness, family: Family): Delivery {
  const complaints = new Complaints(topology, family, filters);
  const demands = demandsOf(topology, family, likeness);
  const walked = new Set(demands.map(({ flow }) => flow));
  for (const flow of topology.city.flows.filter(flow => !walked.has(flow))) complaints.notWalked(flow);
  const over = (flow: Flow['over']) => demands.filter(demand => demand.flow.over === flow);
  for (const demand of over('internet-line')) walkLine(demand, complaints);
  const walks = walkAll(topology, groupsOf(over('data-network')), complaints);
  return { problems: complaints.problems(), walks };
}

/** A group with its ways while nothing is down. */
interface UsualGroup {
  readonly group: DemandGroup;
  readonly trips: readonly RoundTrip[];
  /** The ways that were walked already: the same filters need not be met twice. */
  readonly walked: Set<string>;
}

/** @returns how many ways there were, in all cases together */
function walkAll(topology: Topology, groups: readonly DemandGroup[], complaints: Complaints): number {
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

const isGone = ({ start, target }: DemandGroup, { nodes }: Failure): boolean =>
  nodes.has(start) || (target !== undefined && nodes.has(target));

/**
 * The groups that a failure may send another way: those with something on their ways that is down. While a site or a link between
 * sites is down, announcements may change, so that may be any group; and nothing down is the first case, in which all are walked.
 */
function reachOf({ city }: Topology, all: readonly UsualGroup[]): (failure: Failure) => ReadonlySet<UsualGroup> {
  const everything = new Set(all);
  const sites = new Set(city.sites.map(({ number }) => number));
  const core = new Set(linksBetweenSites(city).map(({ number }) => number));
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
function unanswered(groups: readonly DemandGroup[], usual: Legs, complaints: Complaints): void {
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

/** All demands of a stream meet the same filters. */
function walk(topology: Topology, demands: readonly Demand[], { there, back }: RoundTrip, during: Case, complaints: Complaints): void {
  const [first] = demands;
  if (first === undefined) return;
  walkBoth(demands, wayOver(topology, first.from, first.to, there), wayOver(topology, first.to, first.from, back), during, complaints);
}

/** Over an office's own line there is one way, and one filter on it. */
function walkLine(demand: Demand, complaints: Complaints): void {
  const { office } = demand.from;
  if (office === undefined) complaints.notWalked(demand.flow);
  else
    for (const line of complaints.linesOf(office.number)) {
      const inside = office.itself ? undefined : OFFICE_LAN;
      const way = (enters: string | undefined, leaves: string | undefined): Way => [stepAt(office.host, enters, leaves)];
      walkBoth([demand], way(inside, linkName(line)), way(linkName(line), inside), USUAL, complaints);
    }
}

function walkBoth(demands: readonly Demand[], out: Way, home: Way, during: Case, complaints: Complaints): void {
  const [passed, returned] = [out, home].map(way => new Set(way.map(({ host }) => host)));
  // What an office's router itself sends and takes meets the same filters elsewhere as what comes from behind it.
  const [inner] = demands
    .slice(0, 1)
    .flatMap(({ from, to }) => [from, to].flatMap(({ office }) => (office?.itself === true ? [office.host] : [])));
  const differs = ({ host }: WayStep) => inner === undefined || inner === host;
  const there = out.filter(differs).flatMap(step => complaints.spotAt(step, false, returned?.has(step.host) === true));
  const back = home.filter(differs).flatMap(step => complaints.spotAt(step, true, passed?.has(step.host) === true));
  for (const demand of demands) for (const met of [...there, ...back]) complaints.meet(demand, met, during);
}
