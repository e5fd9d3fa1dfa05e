/**
 * Every address of the city, as a pure function of (plan, permanent number).
 *
 * The plan is chosen at founding and never changes; nothing that happens to one element can change another's address.
 * Layout and sizes: infra/city/MANUAL.md, "Identity and addresses".
 */

import { ENDPOINT_SEGMENTS, type EndpointSegment, SITE_SEGMENTS, type SiteHostRole, type SiteSegment } from './identity.js';
import { formatV4, formatV6, prefixV4 } from './ip.js';

/** Internet Protocol in both its versions: the city speaks both everywhere. */
export const FAMILIES = ['v4', 'v6'] as const;
export type Family = (typeof FAMILIES)[number];
/** The same for both families, IPv4 first. */
export const inBoth = <T>(of: (family: Family) => T): readonly T[] => FAMILIES.map(of);

/** An address in both families, without a prefix length. */
export interface Address {
  readonly v4: string;
  readonly v6: string;
}

/** A prefix in both families, CIDR. */
export interface Prefix {
  readonly v4: string;
  readonly v6: string;
}

/** What an operator chooses at founding. */
export interface PlanParameters {
  readonly size: PlanSize;
  /** IPv4 base of the endpoints, CIDR. */
  readonly endpoints: string;
  /** IPv4 base of links, loopbacks, services and site LANs: a /12. */
  readonly infrastructure: string;
  /** IPv6 unique local base: a /48 (standard) or /44 (large). */
  readonly ula: string;
}

/** Room of a plan: how many endpoints, and how long a segment's prefix is. */
export const PLAN_SIZES = {
  standard: { endpoints: 2048, segmentBits: 24, baseBits: 11, ulaBits: 48 },
  large: { endpoints: 16_384, segmentBits: 26, baseBits: 10, ulaBits: 44 },
} as const satisfies Record<string, { endpoints: number; segmentBits: number; baseBits: number; ulaBits: number }>;
export type PlanSize = keyof typeof PLAN_SIZES;

/** Bounds of the numbers that addresses derive from; of systems also their applications' ports, 8000 and the number, below the monitors' own. */
export const LIMITS = { sites: 63, links: 131_071, systems: 999, slots: 15 } as const;

/** Private 32-bit ASNs: RFC 6996. */
const ASN_BASE = 4_200_000_000;

/** Offsets inside the infrastructure /12, IPv4. */
const V4 = { links: 0, loopbacks: 4 << 16, services: 5 << 16, lans: 8 << 16 } as const;
/** First hexadecimal digit of the fourth IPv6 group; endpoints use 0 to 3, one a segment. */
const V6_KIND = { links: 8, loopbacks: 9, services: 10, lans: 12 } as const;

/** Where a role's hosts sit in their site's LAN: segment, and offset of slot 0. The router is the gateway of every segment. */
export const ROLE_PLACE = {
  edge: { segment: 'edge', offset: 16 },
  application: { segment: 'application', offset: 16 },
  database: { segment: 'data', offset: 16 },
  etcd: { segment: 'data', offset: 64 },
  repository: { segment: 'data', offset: 128 },
  monitor: { segment: 'operations', offset: 16 },
} as const satisfies Record<Exclude<SiteHostRole, 'router'>, { segment: SiteSegment; offset: number }>;
export type LanRole = keyof typeof ROLE_PLACE;

export interface AddressPlan {
  /** One segment of one office: /24 (standard) or /26 (large), and a /64. */
  segment(endpoint: number, segment: EndpointSegment): Prefix;
  /** A segment of every office at once: what filters name. */
  segmentSpan(segment: EndpointSegment): Prefix;
  /** The office router's own address in one of its segments: the first. */
  gateway(endpoint: number, segment: EndpointSegment): Address;
  /** The two ends of a link, /31 and /127, in the order of the link's ends. */
  link(link: number): readonly [Address, Address];
  loopback(element: number): Address;
  /** The anycast address of a system. */
  service(system: number): Address;
  /** All services at once. */
  servicesSpan(): Prefix;
  loopbacksSpan(): Prefix;
  linksSpan(): Prefix;
  /** A site's whole LAN: /20. */
  lan(site: number): Prefix;
  /** All sites' LANs at once. */
  lansSpan(): Prefix;
  /** One segment of a site's LAN: a /22, and a /64. */
  lanSegment(site: number, segment: SiteSegment): Prefix;
  lanGateway(site: number, segment: SiteSegment): Address;
  lanHost(site: number, role: LanRole, slot: number): Address;
}

/** The plan's functions. @throws {RangeError} from any of them when a number does not fit the plan. */
export function addressPlan(parameters: PlanParameters): AddressPlan {
  const { endpoints, segmentBits } = PLAN_SIZES[parameters.size];
  const officeBase = prefixV4(parameters.endpoints).base;
  const infraBase = prefixV4(parameters.infrastructure).base;
  const ula = ulaAddresses(parameters);
  const segmentSize = 2 ** (32 - segmentBits);
  const segmentBase = (index: number, number: number) =>
    officeBase + (index * endpoints + inRange('endpoint', number, 0, endpoints - 1)) * segmentSize;

  const plan: AddressPlan = {
    segment: (endpoint, segment) => {
      const index = ENDPOINT_SEGMENTS.indexOf(segment);
      return { v4: `${formatV4(segmentBase(index, endpoint))}/${segmentBits}`, v6: `${ula(index, endpoint)}/64` };
    },
    segmentSpan: segment => {
      const index = ENDPOINT_SEGMENTS.indexOf(segment);
      const bits = 32 - Math.log2(endpoints * segmentSize);
      return {
        v4: `${formatV4(officeBase + index * endpoints * segmentSize)}/${bits}`,
        v6: `${ula(index, 0)}/${parameters.size === 'standard' ? 52 : 48}`,
      };
    },
    gateway: (endpoint, segment) => {
      const index = ENDPOINT_SEGMENTS.indexOf(segment);
      return { v4: formatV4(segmentBase(index, endpoint) + 1), v6: ula(index, endpoint, 1) };
    },
    link: link => {
      inRange('link', link, 0, LIMITS.links);
      const end = (which: 0 | 1): Address => ({
        v4: formatV4(infraBase + V4.links + 2 * link + which),
        v6: ula(V6_KIND.links, 0, 2 * link + which),
      });
      return [end(0), end(1)];
    },
    loopback: element => ({
      v4: formatV4(infraBase + V4.loopbacks + inRange('element', element, 0, endpoints - 1)),
      v6: ula(V6_KIND.loopbacks, 0, element),
    }),
    service: system => ({
      v4: formatV4(infraBase + V4.services + inRange('system', system, 1, LIMITS.systems)),
      v6: ula(V6_KIND.services, 0, system),
    }),
    servicesSpan: () => ({ v4: `${formatV4(infraBase + V4.services)}/16`, v6: `${ula(V6_KIND.services, 0)}/64` }),
    loopbacksSpan: () => ({ v4: `${formatV4(infraBase + V4.loopbacks)}/16`, v6: `${ula(V6_KIND.loopbacks, 0)}/64` }),
    linksSpan: () => ({ v4: `${formatV4(infraBase + V4.links)}/14`, v6: `${ula(V6_KIND.links, 0)}/64` }),
    lan: site => ({ v4: `${formatV4(lanBase(infraBase, site))}/20`, v6: `${ula(V6_KIND.lans, site * 4)}/62` }),
    lansSpan: () => ({ v4: `${formatV4(infraBase + V4.lans)}/14`, v6: `${ula(V6_KIND.lans, 0)}/56` }),
    lanSegment: (site, segment) => {
      const index = SITE_SEGMENTS.indexOf(segment);
      return { v4: `${formatV4(lanBase(infraBase, site) + index * 1024)}/22`, v6: `${ula(V6_KIND.lans, site * 4 + index)}/64` };
    },
    lanGateway: (site, segment) => lanAddress(site, segment, 1),
    lanHost: (site, role, slot) => {
      const { segment, offset } = ROLE_PLACE[role];
      return lanAddress(site, segment, offset + inRange('slot', slot, 1, LIMITS.slots));
    },
  };
  const lanAddress = (site: number, segment: SiteSegment, offset: number): Address => {
    const index = SITE_SEGMENTS.indexOf(segment);
    return {
      v4: formatV4(lanBase(infraBase, site) + index * 1024 + offset),
      v6: ula(V6_KIND.lans, site * 4 + index, offset),
    };
  };
  return plan;
}

/** The private autonomous system number of a node: 4200000000 + its number. */
export const asnOf = (element: number): number => ASN_BASE + element;

/** The locally administered MAC address of one end of a link: it never changes, so a replaced host is found at once. */
export function macOf(link: number, end: 0 | 1): string {
  const bytes = [0x02, 0xc1, (link >> 16) & 255, (link >> 8) & 255, link & 255, end];
  return bytes.map(byte => byte.toString(16).padStart(2, '0')).join(':');
}

const lanBase = (infraBase: number, site: number): number => infraBase + V4.lans + inRange('site', site, 1, LIMITS.sites) * 4096;

/**
 * Addresses of the ULA by kind, number and host. Standard: `snnn` fills the fourth group; large: `s` ends the third, `nnnn` is the fourth.
 */
function ulaAddresses({ ula, size }: PlanParameters): (kind: number, number: number, host?: number) => string {
  const [first = 0, second = 0, third = 0] = (ula.split('::')[0] ?? '').split(':').map(group => Number.parseInt(group, 16));
  const subnet = (kind: number, number: number) => (size === 'standard' ? [third, kind * 0x1000 + number] : [third + kind, number]);
  return (kind, number, host = 0) => formatV6([first, second, ...subnet(kind, number), 0, 0, host >>> 16, host & 0xffff]);
}

function inRange(what: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${what} number ${value} does not fit the plan: ${least} to ${most}`);
  return value;
}
