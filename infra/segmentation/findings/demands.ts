/** Which packets the matrix allows from where to where, as few as may stand for all. */

import type { Family } from '../../city/addresses.js';
import { grouped } from '../../city/grouped.js';
import type { ElementNumber } from '../../city/identity.js';
import type { Aggregation, Flow, Zone } from '../../city/model.js';
import { once } from '../../city/once.js';
import { isDataCentre } from '../../city/routing/policy.js';
import { firstAccessLinks } from '../../city/routing/prediction.js';
import type { Topology } from '../../site/topology.js';
import {
  externalPlaces,
  type FlowEnd,
  linkPlaces,
  officePlaces,
  type Routed,
  routerPlaces,
  sitePlaces,
  systemPlaces,
  together,
} from '../paths/ways.js';
import type { Alike, Branch, Likeness } from '../symmetry/alike.js';

/** One flow from one place to another; what is alike counts as one and weighs as many. */
export interface Demand {
  readonly flow: Flow;
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly weight: number;
}

/** Every demand of a family. */
export function demandsOf(topology: Topology, family: Family, likeness: Likeness): readonly Demand[] {
  const view = viewOf(topology, family, likeness);
  return topology.city.flows.flatMap(flow => {
    const named = (zones: readonly Zone[]) => (places: readonly Weighed[]) => merged(places.filter(({ place }) => names(zones, place)));
    const targets = view.to(named(flow.to));
    return named(flow.from)(view.from).flatMap(({ place, weight }) =>
      targets(place.router).map(target => ({ flow, from: place, to: target.place, weight: weight * target.weight })),
    );
  });
}

/** A place that stands for as many as it weighs. */
interface Weighed {
  readonly place: FlowEnd;
  readonly weight: number;
}
const one = (place: FlowEnd): Weighed => ({ place, weight: 1 });
const times =
  (weight: number) =>
  (each: Weighed): Weighed => ({ ...each, weight: each.weight * weight });

interface View {
  /** Where packets begin: at one of each kind. */
  readonly from: readonly Weighed[];
  /** Where those that are wanted may go, from a router: of its own kind to itself and to another, of every other kind to one. */
  to(wanted: (places: readonly Weighed[]) => readonly Weighed[]): (router: ElementNumber | undefined) => readonly Weighed[];
}

function viewOf(topology: Topology, family: Family, { branches, routers }: Likeness): View {
  const { city } = topology;
  const systems = systemPlaces(topology, family);
  const announced = city.sites.filter(isDataCentre).flatMap(site => systems.map(system => ({ ...system, router: site.number })));
  const ends = grouped(
    city.sites.flatMap(site => linkPlaces(topology, site, family)),
    ({ router }) => [router],
  );
  const aggregations = new Set(city.aggregations.map(({ number }) => number));
  const fixed = [
    ...city.sites.flatMap(site => sitePlaces(topology, site, family)),
    ...externalPlaces(topology, family),
    ...routerPlaces(topology, city.sites, family),
  ];
  const fixedEnds = [...ends].flatMap(([router, places]) => (router !== undefined && aggregations.has(router) ? [] : places));
  const behind = placesBehind(topology, family);
  const itself = (aggregation: Aggregation) => routerPlaces(topology, [aggregation], family).map(one);
  const kinds = [
    ...branches.map(group => kindOf(group, ({ aggregation }) => aggregation.number, behind)),
    ...routers.map(group =>
      kindOf(
        group,
        ({ number }) => number,
        each => [...itself(each), ...(ends.get(each.number) ?? []).map(one)],
      ),
    ),
  ];
  return {
    from: [
      ...[...fixed, ...announced].map(one),
      ...branches.flatMap(group => [...behind(group[0]), ...itself(group[0].aggregation)].map(times(group.length))),
    ],
    to: wanted => {
      const always = wanted([...fixed, ...fixedEnds, ...systems].map(one));
      const seen = kinds.map(kind => kind.seen(wanted));
      return router => [...always, ...seen.flatMap(from => from(router))].filter(({ place }) => isOffered(place, router));
    },
  };
}

/** Only the site of a link has a route to its ends. */
const isOffered = ({ routed }: FlowEnd, router: ElementNumber | undefined): boolean => routed.class !== 'link' || routed.site === router;

/** The places of a branch's offices, each for all of the branch that are alike. */
function placesBehind(topology: Topology, family: Family): (branch: Branch) => readonly Weighed[] {
  const access = firstAccessLinks(topology.city);
  return ({ offices }) =>
    [...offices.values()].flatMap(([office, ...others]) => {
      const link = access.get(office.number);
      return link === undefined
        ? []
        : officePlaces(topology, office, link, family)
            .map(one)
            .map(times(1 + others.length));
    });
}

/** Alike nodes with their places, as they are seen from a router. */
interface Kind {
  seen(wanted: (places: readonly Weighed[]) => readonly Weighed[]): (router: ElementNumber | undefined) => readonly Weighed[];
}

function kindOf<T extends object>(group: Alike<T>, numberOf: (each: T) => ElementNumber, placesOf: (each: T) => readonly Weighed[]): Kind {
  const members = new Map<ElementNumber | undefined, T>(group.map(each => [numberOf(each), each]));
  const [first, second] = group;
  // Whatever is wanted, a node's places are the same.
  const allOf = once(placesOf);
  return {
    seen: wanted => {
      const places = once((each: T) => wanted(allOf(each)));
      const all = places(first).map(times(group.length));
      return router => {
        const own = members.get(router);
        if (own === undefined || second === undefined) return all;
        return [...places(own), ...places(own === first ? second : first).map(times(group.length - 1))];
      };
    },
  };
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

const names = (named: readonly Zone[], { zones }: FlowEnd): boolean =>
  zones.some(zone => named.includes(zone) || (zone.startsWith('system.') && named.includes('systems')));

/** Demands between the same routers: they take the same ways. */
export interface DemandGroup {
  readonly start: ElementNumber;
  readonly there: Routed;
  readonly back: Routed;
  readonly target: ElementNumber | undefined;
  /** Put together by the devices that they begin and end at: these meet the same filters. */
  readonly streams: readonly (readonly Demand[])[];
  readonly weight: number;
}

export function groupsOf(demands: readonly Demand[]): readonly DemandGroup[] {
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

export const routedKey = (routed: Routed): string => {
  if (routed.class === 'services') return routed.state;
  return routed.class === 'link' ? `${routed.site} ${routed.link?.number}` : `${routed.class} ${routed.node}`;
};

const endKey = ({ routed, router, device, office }: FlowEnd): string =>
  `${routedKey(routed)} ${router} ${device} ${office?.host} ${office?.itself}`;
