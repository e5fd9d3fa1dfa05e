/** Every way that packets may take between two places while something is down, filter by filter. */

import type { Family } from '../../city/addresses.js';
import { type ElementNumber, ENDPOINT_SEGMENTS, type SiteSegment } from '../../city/identity.js';
import {
  type Aggregation,
  type Endpoint,
  farEnd,
  type Link,
  linkName,
  nodeName,
  type Site,
  type System,
  type Zone,
} from '../../city/model.js';
import type { Failure } from '../../city/routing/failure.js';
import type { Hop, OwnClass, Prediction } from '../../city/routing/prediction.js';
import type { RoutingTable } from '../../city/routing/routes.js';
import { bridgeOf, gatewayName, linkAddresses, type Topology } from '../../site/topology.js';
import { OFFICE_LAN } from '../nftables/devices.js';
import { type Spans, union } from '../sets/spans.js';
import { spansFrom } from '../symmetry/zones.js';

/** Several places as one: they are behind the same device. */
export function together(places: readonly [FlowEnd, ...FlowEnd[]]): FlowEnd {
  const [first, ...others] = places;
  if (others.length === 0) return first;
  return {
    ...first,
    name: `${first.name} and ${others.length} more`,
    zones: [...new Set(places.flatMap(({ zones }) => zones))],
    addresses: union(...places.map(({ addresses }) => addresses)),
  };
}

/** What routers send packets by to get to a place. */
export type Routed =
  | { readonly class: OwnClass; readonly node: ElementNumber }
  | { readonly class: 'services'; readonly state: System['state'] }
  /** Directly over a link of the site that asks. */
  | { readonly class: 'link'; readonly site: ElementNumber; readonly link: Link | undefined };

/** Where packets begin or end. */
export interface FlowEnd {
  /** For people: `e131's office segment`. */
  readonly name: string;
  readonly zones: readonly Zone[];
  readonly addresses: Spans;
  readonly routed: Routed;
  /** The router in front of it; undefined where a system is: at the site that announces it. */
  readonly router: ElementNumber | undefined;
  /** The router's device towards it; undefined: the router itself. */
  readonly device: string | undefined;
  /** An office has a filter of its own behind the router. */
  readonly office?: { readonly host: string; readonly number: ElementNumber; readonly link: Link; readonly itself: boolean };
}

/** A filter on the way of a packet. */
export interface WayStep {
  readonly host: string;
  readonly hook: 'input' | 'forward' | 'output';
  /** Undefined: the host itself sends it. */
  readonly enters: string | undefined;
  /** Undefined: the host itself takes it. */
  readonly leaves: string | undefined;
}

/** The filters that packets meet, in their order. */
export type Way = readonly WayStep[];

/** A way between routers. */
export interface Trail {
  readonly hops: readonly Hop[];
  readonly end: ElementNumber;
}

/** All trails of equal worth by a table; none where there is no route. */
function trails(table: RoutingTable, start: ElementNumber, before: readonly ElementNumber[] = []): readonly Trail[] {
  const route = table.get(start);
  if (route === undefined || before.includes(start)) return [];
  if (route.links.length === 0) return [{ hops: [], end: start }];
  return route.links.flatMap(link =>
    trails(table, farEnd(link, start), [...before, start]).map(({ hops, end }) => ({ hops: [{ node: start, link }, ...hops], end })),
  );
}

/** All trails to a place while something is down. */
export function trailsTo(routed: Routed, start: ElementNumber, prediction: Prediction, { links, nodes }: Failure): readonly Trail[] {
  if (routed.class === 'services') return trails(prediction.toService(routed.state), start);
  if (routed.class !== 'link') return trails(prediction.toOwn(routed.class, routed.node), start);
  const { link, site } = routed;
  if (start !== site) return [];
  if (link === undefined) return [{ hops: [], end: site }];
  const far = farEnd(link, site);
  return links.has(link.number) || nodes.has(far) ? [] : [{ hops: [{ node: site, link }], end: far }];
}

/** The filters on a trail from one place to another. */
export function wayOver({ nodes }: Topology, from: FlowEnd, to: FlowEnd, { hops, end }: Trail): Way {
  const routers = [...hops.map(({ node }) => node), end];
  const devices = [from.device, ...hops.map(({ link }) => linkName(link)), to.device];
  const between = routers.flatMap((number, index): readonly WayStep[] => {
    const node = nodes.get(number);
    if (node === undefined || node.kind === 'external') return [];
    return [stepAt(gatewayName(node), devices[index], devices[index + 1])];
  });
  return [...leaving(from), ...between, ...arriving(to)];
}

export const stepAt = (host: string, enters: string | undefined, leaves: string | undefined): WayStep => ({
  host,
  hook: enters === undefined ? 'output' : leaves === undefined ? 'input' : 'forward',
  enters,
  leaves,
});

const leaving = ({ office }: FlowEnd): readonly WayStep[] =>
  office === undefined ? [] : [stepAt(office.host, office.itself ? undefined : OFFICE_LAN, linkName(office.link))];
const arriving = ({ office }: FlowEnd): readonly WayStep[] =>
  office === undefined ? [] : [stepAt(office.host, linkName(office.link), office.itself ? undefined : OFFICE_LAN)];

/** An office's segments, as a network behind its router and as addresses of the router itself. */
export function officePlaces(topology: Topology, office: Endpoint, link: Link, family: Family): readonly FlowEnd[] {
  const name = nodeName(office);
  return ENDPOINT_SEGMENTS.flatMap(zone =>
    [false, true].map(itself => ({
      name: itself ? `${name} itself (${zone})` : `${name}'s ${zone} segment`,
      zones: [zone],
      addresses: spansFrom([
        itself ? topology.plan.gateway(office.number, zone)[family] : topology.plan.segment(office.number, zone)[family],
      ]),
      routed: { class: 'endpoints', node: office.aggregation } as const,
      router: farEnd(link, office.number),
      device: linkName(link),
      office: { host: name, number: office.number, link, itself },
    })),
  );
}

/** The segments of a site in which it has hosts. */
export const sitePlaces = ({ plan, machines }: Topology, site: Site, family: Family): readonly FlowEnd[] =>
  [...new Set(machines.filter(({ node }) => node === site).flatMap(({ segment }) => segment ?? []))].map((segment: SiteSegment) => ({
    name: `${nodeName(site)}'s ${segment} segment`,
    zones: [`site.${segment}` as const],
    addresses: spansFrom([plan.lanSegment(site.number, segment)[family]]),
    routed: { class: 'lans', node: site.number },
    router: site.number,
    device: bridgeOf(segment),
  }));

/** Systems, each wherever it is announced. */
export const systemPlaces = ({ city, plan }: Topology, family: Family): readonly FlowEnd[] =>
  city.systems.map(({ key, number, state }) => ({
    name: key,
    zones: [`system.${key}` as const],
    addresses: spansFrom([plan.service(number)[family]]),
    routed: { class: 'services', state },
    router: undefined,
    device: bridgeOf('edge'),
  }));

/** What is not ours: it has no IPv6 in the inventory. */
export const externalPlaces = ({ city }: Topology, family: Family): readonly FlowEnd[] =>
  family === 'v6'
    ? []
    : city.externals.map(external => ({
        name: nodeName(external),
        zones: [`external.${external.role}` as const],
        addresses: spansFrom(external.prefixes),
        routed: { class: 'externals', node: external.number },
        router: external.number,
        device: undefined,
      }));

/** The city's own routers by their own addresses; what is not ours is no router of ours. */
export const routerPlaces = ({ plan }: Topology, nodes: readonly (Site | Aggregation)[], family: Family): readonly FlowEnd[] =>
  nodes.map(node => ({
    name: gatewayName(node),
    zones: ['routers' as const],
    addresses: spansFrom([plan.loopback(node.number)[family]]),
    routed: { class: 'loopbacks', node: node.number },
    router: node.number,
    device: undefined,
  }));

/** Both ends of every link that a site's router has; no other router has a route to them. */
export const linkPlaces = ({ plan, linksAt }: Topology, site: Site, family: Family): readonly FlowEnd[] =>
  (linksAt.get(site.number) ?? []).flatMap(link => {
    const { own, peer } = linkAddresses(plan, link, site.number);
    const far = farEnd(link, site.number);
    const end = (router: ElementNumber, address: string, over: Link | undefined): FlowEnd => ({
      name: `the end of ${linkName(link)} at ${router === far ? 'its far side' : nodeName(site)}`,
      zones: ['links' as const],
      addresses: spansFrom([address]),
      routed: { class: 'link', site: site.number, link: over },
      router,
      device: undefined,
    });
    return [end(far, peer[family], link), end(site.number, own[family], undefined)];
  });
