import { type AddressPlan, addressPlan } from './addresses.js';
import { surveyOf } from './failures/survey.js';
import { ENDPOINT_SEGMENTS } from './identity.js';
import {
  type Aggregation,
  type City,
  type Endpoint,
  type External,
  type Flow,
  type Link,
  linkName,
  nodeName,
  nodesOf,
  type Site,
  type System,
} from './model.js';
import { elementsOf } from './routing/failure.js';
import { singlePointsOf } from './rules/no-single-point-of-failure.js';

/** One field of one element, before and after. */
export interface InventoryChange {
  readonly element: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** An element, and what is lost when it fails: `14 offices lose all 10 systems: e77, e78, e79 and 11 more`. */
export interface SinglePoint {
  readonly element: string;
  readonly lost: string;
}

interface Membership {
  readonly added: readonly string[];
  readonly retired: readonly string[];
}

/** What changes between two inventories of one city. */
export interface CityDiff {
  readonly offices: Membership & {
    readonly renamed: readonly InventoryChange[];
    readonly rehomed: readonly InventoryChange[];
    readonly changed: readonly InventoryChange[];
  };
  readonly nodes: Membership & { readonly changed: readonly InventoryChange[] };
  readonly links: Membership & { readonly changed: readonly InventoryChange[] };
  readonly systems: Membership & { readonly changed: readonly InventoryChange[] };
  /** Entries of the matrix, in words: flows have no number. */
  readonly flows: { readonly added: readonly string[]; readonly withdrawn: readonly string[] };
  /** Elements whose single failure takes a system from an office: those that did not before, and those that no longer do. */
  readonly singlePointsOfFailure: { readonly added: readonly SinglePoint[]; readonly healed: readonly SinglePoint[] };
  /** Of everything that stays: by the law of the plan, none changes. */
  readonly addresses: { readonly compared: number; readonly changed: readonly InventoryChange[] };
  /** Numbers that broke the law: given to something else, or gone without having been retired. */
  readonly numbers: { readonly reused: readonly string[]; readonly forgotten: readonly string[] };
}

/** Compares two cities by permanent number; names and codes are only attributes. */
export function diffCities(before: City, after: City): CityDiff {
  const offices = pair(before.endpoints, after.endpoints);
  const nodes = pair(networkNodes(before), networkNodes(after));
  const links = pair(before.links, after.links);
  const systems = pair(before.systems, after.systems);
  return {
    offices: {
      ...membership(offices, nodeName),
      renamed: changes(offices, nodeName, { name: ({ name }) => name.vi }),
      rehomed: changes(offices, nodeName, { aggregation: ({ aggregation }) => `n${aggregation}` }),
      changed: changes(offices, nodeName, OFFICE_FIELDS),
    },
    nodes: { ...membership(nodes, nodeName), changed: changes(nodes, nodeName, NODE_FIELDS) },
    links: { ...membership(links, linkName), changed: changes(links, linkName, LINK_FIELDS) },
    systems: { ...membership(systems, systemName), changed: changes(systems, systemName, SYSTEM_FIELDS) },
    flows: compareFlows(before, after),
    singlePointsOfFailure: compareSinglePoints(before, after),
    addresses: compareAddresses(before, after),
    numbers: { reused: reused(before, after), forgotten: forgotten(before, after) },
  };
}

/** What a flow allows, whatever its reason says. */
function compareFlows(before: City, after: City): CityDiff['flows'] {
  const [was, is] = [before, after].map(({ flows }) => new Set(flows.map(flowInWords))) as [Set<string>, Set<string>];
  return { added: [...is].filter(flow => !was.has(flow)), withdrawn: [...was].filter(flow => !is.has(flow)) };
}

const flowInWords = ({ from, to, protocol, ports, over }: Flow): string =>
  `${from.join(', ')} to ${to.join(', ')}, ${[protocol, ports.join(', ')].join(' ').trim()}${over === 'internet-line' ? ", over offices' own Internet lines" : ''}`;

/** A point that is gone with its element is not healed. */
function compareSinglePoints(before: City, after: City): CityDiff['singlePointsOfFailure'] {
  const [was, is] = [singlePointsOf(surveyOf(before)), singlePointsOf(surveyOf(after))];
  const [wasThere, isThere] = [was, is].map(points => new Set(points.map(({ element }) => element.name)));
  const stays = new Set(elementsOf(after).map(({ name }) => name));
  const singlePointOf = ({ element, lost }: (typeof was)[number]): SinglePoint => ({ element: element.name, lost });
  return {
    added: is.filter(({ element }) => wasThere?.has(element.name) !== true).map(singlePointOf),
    healed: was.filter(({ element }) => stays.has(element.name) && isThere?.has(element.name) !== true).map(singlePointOf),
  };
}

type Reader<T> = Readonly<Record<string, (of: T) => string>>;

const OFFICE_FIELDS = {
  class: office => office.class,
  code: ({ code }) => code ?? '',
  district: ({ district }) => district ?? '',
  place: placeOf,
  'video points': ({ videoPoints }) => String(videoPoints),
  users: ({ users }) => String(users),
  'people served': ({ peopleServed }) => String(peopleServed ?? ''),
  hours: ({ hours }) => hours,
  owner: ({ owner }) => owner ?? '',
  phone: ({ phone }) => phone ?? '',
  'power feed': ({ powerFeed }) => powerFeed ?? '',
  'security level': ({ securityLevel }) => String(securityLevel),
  equipment: ({ equipment }) =>
    Object.entries(equipment)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', '),
  'risk groups': ({ riskGroups }) => riskGroups.join(' '),
} as const satisfies Reader<Endpoint>;

const NODE_FIELDS = {
  name: ({ name }) => name.vi,
  role: node => ('role' in node ? node.role : ''),
  place: node => ('latitude' in node ? placeOf(node) : ''),
  hosts: node => ('hosts' in node ? slotsOf(node) : ''),
  prefixes: node => ('prefixes' in node ? node.prefixes.join(' ') : ''),
  'risk groups': ({ riskGroups }) => riskGroups.join(' '),
} as const satisfies Reader<Site | Aggregation | External>;

const LINK_FIELDS = {
  kind: ({ kind }) => kind,
  ends: ({ ends }) => ends.join('–'),
  carrier: ({ carrier }) => carrier,
  'risk groups': ({ riskGroups }) => riskGroups.join(' '),
  'rate (bit/s)': ({ rateBps }) => rateBps.join('/'),
  'MTU (bytes)': ({ mtuBytes }) => String(mtuBytes),
} as const satisfies Reader<Link>;

const SYSTEM_FIELDS = {
  key: ({ key }) => key,
  tier: ({ tier }) => tier,
  state: ({ state }) => state,
  port: ({ port }) => String(port),
  objectives: ({ objectives }) => JSON.stringify(objectives),
  demand: ({ demand }) => `${demand.toSystemBps}/${demand.toOfficeBps} bit/s per ${demand.per}`,
} as const satisfies Reader<System>;

function placeOf({ latitude, longitude }: { readonly latitude: number | undefined; readonly longitude: number | undefined }): string {
  return latitude === undefined || longitude === undefined ? '' : `${latitude}, ${longitude}`;
}

const slotsOf = ({ hosts }: Site): string =>
  Object.entries(hosts)
    .flatMap(([role, slots]) => slots.map(slot => `${role}${slot}`))
    .join(' ');

interface Paired<T> {
  readonly before: ReadonlyMap<number, T>;
  readonly after: ReadonlyMap<number, T>;
}

const pair = <T extends { readonly number: number }>(before: readonly T[], after: readonly T[]): Paired<T> => ({
  before: new Map(before.map(each => [each.number, each])),
  after: new Map(after.map(each => [each.number, each])),
});

const membership = <T>({ before, after }: Paired<T>, nameOf: (of: T) => string): Membership => ({
  added: [...after].filter(([number]) => !before.has(number)).map(([, each]) => nameOf(each)),
  retired: [...before].filter(([number]) => !after.has(number)).map(([, each]) => nameOf(each)),
});

const changes = <T>({ before, after }: Paired<T>, nameOf: (of: T) => string, fields: Reader<T>): readonly InventoryChange[] =>
  [...before].flatMap(([number, was]) => {
    const is = after.get(number);
    if (is === undefined) return [];
    return Object.entries(fields)
      .map(([field, read]) => ({ element: nameOf(is), field, before: read(was), after: read(is) }))
      .filter(change => change.before !== change.after);
  });

const networkNodes = ({ sites, aggregations, externals }: City) => [...sites, ...aggregations, ...externals];
const systemName = ({ number, key }: System): string => `${number} ${key}`;

function compareAddresses(before: City, after: City): CityDiff['addresses'] {
  const [was, is] = [addressesOf(before), addressesOf(after)];
  const staying = [...was].filter(([of]) => is.has(of));
  return {
    compared: staying.length,
    changed: staying
      .map(([of, address]) => ({ ...splitKey(of), before: address, after: is.get(of) ?? '' }))
      .filter(change => change.before !== change.after),
  };
}

const splitKey = (key: string): Pick<InventoryChange, 'element' | 'field'> => {
  const [element = '', field = ''] = key.split('|');
  return { element, field };
};

/** Every address of a city by what it belongs to. */
function addressesOf(city: City): ReadonlyMap<string, string> {
  const plan = addressPlan(city.plan);
  const show = ({ v4, v6 }: { readonly v4: string; readonly v6: string }) => `${v4} ${v6}`;
  return new Map<string, string>([
    ...city.endpoints.flatMap(office =>
      segmentsOf(office, plan).map(([field, prefix]) => [`${nodeName(office)}|${field}`, show(prefix)] as const),
    ),
    ...[...nodesOf(city).values()].map(node => [`${nodeName(node)}|loopback`, show(plan.loopback(node.number))] as const),
    ...city.links.flatMap(link => plan.link(link.number).map((end, index) => [`${linkName(link)}|end ${index + 1}`, show(end)] as const)),
    ...city.systems.map(({ number }) => [`system ${number}|service`, show(plan.service(number))] as const),
    ...city.sites.map(site => [`${nodeName(site)}|lan`, show(plan.lan(site.number))] as const),
  ]);
}

const segmentsOf = ({ number }: Endpoint, plan: AddressPlan) =>
  ENDPOINT_SEGMENTS.map(segment => [segment, plan.segment(number, segment)] as const);

function reused(before: City, after: City): readonly string[] {
  const kinds = new Map([...nodesOf(before).values()].map(({ number, kind }) => [number, kind]));
  const retired = new Set<number>(before.retired.elements);
  const retiredLinks = new Set<number>(before.retired.links);
  return [
    ...[...nodesOf(after).values()].filter(({ number, kind }) => retired.has(number) || (kinds.get(number) ?? kind) !== kind).map(nodeName),
    ...after.links.filter(({ number }) => retiredLinks.has(number)).map(linkName),
    ...after.systems.filter(({ number }) => before.retired.systems.includes(number)).map(systemName),
  ];
}

function forgotten(before: City, after: City): readonly string[] {
  const known = new Set<number>([...nodesOf(after).keys(), ...after.planned.elements, ...after.retired.elements]);
  const knownSystems = new Set<number>([...after.systems.map(({ number }) => number), ...after.planned.systems, ...after.retired.systems]);
  const knownLinks = new Set<number>([...after.links.map(({ number }) => number), ...after.planned.links, ...after.retired.links]);
  return [
    ...[...nodesOf(before).values()].filter(({ number }) => !known.has(number)).map(nodeName),
    ...before.links.filter(({ number }) => !knownLinks.has(number)).map(linkName),
    ...before.systems.filter(({ number }) => !knownSystems.has(number)).map(systemName),
  ];
}
