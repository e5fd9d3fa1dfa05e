/**
 * The city as data. This folder imports nothing of ours but itself; every target, rule and drill reads it.
 */

import type { PlanParameters } from './addresses.js';
import type {
  Bilingual,
  ElementNumber,
  EndpointSegment,
  LinkNumber,
  SiteHostRole,
  SiteRole,
  SiteSegment,
  SystemNumber,
} from './identity.js';
import type { Target, TargetSections } from './targets/targets.js';

/** ISO dates (YYYY-MM-DD), first day valid and first day no longer valid. */
export interface Validity {
  readonly from?: string;
  readonly until?: string;
}

interface Element {
  readonly number: ElementNumber;
  readonly name: Bilingual;
  readonly validity: Validity;
  /** Fields of this element that are not confirmed, by name; `*` is the whole element. */
  readonly assumed: readonly string[];
  /** What fails together with the element itself: building, power feed, lease. */
  readonly riskGroups: readonly string[];
}

export interface Site extends Element {
  readonly kind: 'site';
  readonly role: SiteRole;
  readonly latitude: number;
  readonly longitude: number;
  /** Permanent slots of each role's hosts: `s1-database2` is slot 2 of role `database`. */
  readonly hosts: Readonly<Record<SiteHostRole, readonly number[]>>;
}

export interface Aggregation extends Element {
  readonly kind: 'aggregation';
  readonly latitude: number;
  readonly longitude: number;
}

/** What is not ours: the national networks and the Internet, each played by one host in a lab. */
export interface External extends Element {
  readonly kind: 'external';
  readonly role: 'national' | 'internet';
  /**
   * Prefixes it stands for, IPv4 CIDR. None of IPv6: the national network's are not published, and the city's own addresses are
   * unique local ones that lead nowhere on the Internet (a line there translates IPv4, as lines do).
   */
  readonly prefixes: readonly string[];
  /** What is reached there: national document axis, national portal, Ministry of Justice … */
  readonly services: readonly Bilingual[];
}

export const ENDPOINT_KINDS = ['ward', 'district', 'department', 'agency', 'party', 'socio-political'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

interface Equipment {
  readonly pcs: number;
  readonly scanners: number;
  readonly printers: number;
  readonly ups: number;
}

export interface Endpoint extends Element {
  readonly kind: 'endpoint';
  readonly class: EndpointKind;
  /** Statistical code of the unit, where it has one; unique at one time, not over time. */
  readonly code: string | undefined;
  readonly district: string | undefined;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  readonly aggregation: ElementNumber;
  readonly videoPoints: number;
  readonly users: number;
  readonly peopleServed: number | undefined;
  readonly hours: string;
  readonly owner: string | undefined;
  readonly phone: string | undefined;
  readonly powerFeed: string | undefined;
  /** Level of the information system's security classification, 1 to 5. */
  readonly securityLevel: number;
  readonly equipment: Equipment;
}

export type Node = Site | Aggregation | External | Endpoint;

/** `core` joins sites and externals, `uplink` an aggregation node and a site, `access` an office, `internet` an office's own line. */
export const LINK_KINDS = ['core', 'uplink', 'access', 'internet'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface Link {
  readonly number: LinkNumber;
  readonly kind: LinkKind;
  readonly ends: readonly [ElementNumber, ElementNumber];
  readonly carrier: string;
  /** What fails together with it: duct, building, power feed, carrier. The carrier's own group is always among them. */
  readonly riskGroups: readonly string[];
  /** Provisioned rate, bits per second: from the first end to the second, and back. */
  readonly rateBps: readonly [number, number];
  readonly mtuBytes: number;
  readonly validity: Validity;
  readonly assumed: readonly string[];
}

/** What a person at an office experiences when it fails; outages in seconds, data loss in seconds of acknowledged writes. */
interface Objective {
  readonly rtoSeconds: number;
  readonly rpoSeconds: number;
}

interface Tier {
  readonly name: string;
  /** The largest objective a system of this tier may declare, for any target. */
  readonly ceiling: Objective;
}

/** What one user, or one video point, asks of a system in the busy hour; all of them at the same time. */
interface Demand {
  readonly per: 'user' | 'video-point';
  readonly toSystemBps: number;
  readonly toOfficeBps: number;
}

/** What fills the lines beside the offices' own demand. */
interface CapacityPlan {
  /** How much all demand grows in a year: 0.15 is 15 %. */
  readonly growthRatioPerYear: number;
  /** Changes of the database, from who writes to every other site with database hosts, in the busy hour. */
  readonly replicationBps: number;
  /** From who writes to the backup repository, at night. */
  readonly nightlyBackup: { readonly gigabytes: number; readonly hours: number };
  readonly assumed: readonly string[];
}

export interface System {
  readonly number: SystemNumber;
  /** Short key, as `portal`: flows, commands and databases name it. */
  readonly key: string;
  readonly name: Bilingual;
  readonly tier: string;
  /** Whether it keeps state in the city's database cluster. */
  readonly state: 'none' | 'database';
  readonly objectives: Readonly<Record<Target, Objective>>;
  /** TCP port on its service address. */
  readonly port: number;
  readonly demand: Demand;
  readonly assumed: readonly string[];
}

/**
 * Who a flow may start from or go to:
 * an office segment `office`, a site segment `site.data`, a system's service address `system.portal`, all of them `systems`,
 * an external `external.national`, the routers' own addresses `routers`, or the ends of the links `links`.
 */
export type Zone =
  | EndpointSegment
  | `site.${SiteSegment}`
  | `system.${string}`
  | 'systems'
  | `external.${External['role']}`
  | 'routers'
  | 'links';

/** Something that is allowed; all else is dropped. */
export interface Flow {
  readonly from: readonly Zone[];
  readonly to: readonly Zone[];
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Destination ports; empty for icmp. */
  readonly ports: readonly number[];
  /** Which links carry it: the data network, or an office's own Internet line. */
  readonly over: 'data-network' | 'internet-line';
  readonly why: string;
}

export const RISK_GROUP_KINDS = ['duct', 'building', 'power', 'carrier', 'lease'] as const;

export interface SharedRiskGroup {
  readonly key: string;
  readonly kind: (typeof RISK_GROUP_KINDS)[number];
  readonly name: string;
  readonly assumed: readonly string[];
}

export interface Carrier {
  readonly key: string;
  readonly name: string;
  readonly assumed: readonly string[];
}

/** How many offices lose systems: the same of both kinds of systems, or each for itself. */
type LosingOffices = number | { readonly none: number; readonly database: number };

/** What an acceptance holds, by names of elements; a run of them is one name, as `l77-l214`. */
export interface Extent {
  readonly offices?: Readonly<Record<string, LosingOffices>> | undefined;
  /** Of a line's rate. */
  readonly percent?: Readonly<Record<string, number>> | undefined;
  /** How many findings there are, where they have no figure of their own. */
  readonly findings?: Readonly<Record<string, number>> | undefined;
}

/** A finding that the operator knows of and accepts until a day. It covers one element (its path) or one class of them. */
export interface Acceptance {
  readonly rule: string;
  /** `class:ward` or a path as `endpoints.131`. */
  readonly scope: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO date: the first day on which it no longer covers. */
  readonly expires: string;
  /** How much it holds; `check` demands one. */
  readonly extent?: Extent | undefined;
}

/** Figures that the inventory must add up to, and seed figures that only reports show. */
interface Totals {
  readonly endpoints: number;
  readonly wards: number;
  readonly videoPoints: number;
  readonly certificates: { readonly total: number; readonly organisations: number; readonly people: number; readonly simPki: number };
}

/** A whole city, validated and deeply frozen. Every list is sorted by number (by key where there is none). */
export interface City extends TargetSections {
  readonly id: string;
  readonly name: Bilingual;
  readonly timeZone: string;
  readonly plan: PlanParameters;
  readonly sites: readonly Site[];
  readonly aggregations: readonly Aggregation[];
  readonly externals: readonly External[];
  readonly endpoints: readonly Endpoint[];
  /** Like all lists here, those that are active on the day for which the inventory was read. */
  readonly links: readonly Link[];
  readonly carriers: readonly Carrier[];
  readonly riskGroups: readonly SharedRiskGroup[];
  readonly tiers: readonly Tier[];
  readonly systems: readonly System[];
  readonly capacity: CapacityPlan;
  readonly flows: readonly Flow[];
  readonly accepted: readonly Acceptance[];
  readonly totals: Totals;
  readonly failover: {
    /** A service that returns is preferred when it has answered for so long; the hold-down never delays the only path. */
    readonly holdDownSeconds: number;
  };
  /** Numbers of what begins on a later day. */
  readonly planned: Numbers;
  /** Numbers that once were in use: they stay taken. */
  readonly retired: Numbers;
}

interface Numbers {
  readonly elements: readonly ElementNumber[];
  readonly links: readonly LinkNumber[];
  readonly systems: readonly SystemNumber[];
}

/** All nodes that are not retired, by number. */
export const nodesOf = (city: City): ReadonlyMap<ElementNumber, Node> =>
  new Map([...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints].map(node => [node.number, node]));

/** The short permanent name of a node: `s1`, `n64`, `x61`, `e131`. */
export const nodeName = (node: Pick<Node, 'kind' | 'number'>): string => `${NODE_PREFIX[node.kind]}${node.number}`;

const SECTIONS = { site: 'sites', aggregation: 'aggregations', external: 'externals', endpoint: 'endpoints' } as const satisfies Record<
  Node['kind'],
  string
>;
/** Where in the inventory a node stands: `endpoints.131`. */
export const pathOf = (node: Pick<Node, 'kind' | 'number'>): string => `${SECTIONS[node.kind]}.${node.number}`;

/** What joins the sites. */
export function linksBetweenSites({ sites, links }: Pick<City, 'sites' | 'links'>): readonly Link[] {
  const numbers = new Set(sites.map(({ number }) => number));
  return links.filter(({ ends }) => ends.every(end => numbers.has(end)));
}
const NODE_PREFIX = { site: 's', aggregation: 'n', external: 'x', endpoint: 'e' } as const satisfies Record<Node['kind'], string>;

/** The short permanent name of a link, also its interface name: `l207`. */
export const linkName = (link: Pick<Link, 'number'>): string => `l${link.number}`;

/** The name of a host inside a site: `s1-database2`. */
export const siteHostName = ({ number }: Pick<Site, 'number'>, role: SiteHostRole, slot: number): string => `s${number}-${role}${slot}`;

/** The other end of a link. */
export const farEnd = ({ ends: [a, b] }: Pick<Link, 'ends'>, near: ElementNumber): ElementNumber => (near === a ? b : a);

/** The site with a role, when there is one. */
export const siteOf = (city: City, role: SiteRole): Site | undefined => city.sites.find(site => site.role === role);
