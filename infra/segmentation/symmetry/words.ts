/** Rules in words that are equal where two offices, or two aggregation nodes, are treated alike. */

import { FAMILIES, type Family } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS } from '../../city/identity.js';
import { type Aggregation, type Endpoint, farEnd, linkName, nodeName } from '../../city/model.js';
import { once } from '../../city/once.js';
import { carriesRoutes } from '../../city/routing/policy.js';
import { linkAddresses, type Topology } from '../../site/topology.js';
import type { Filters } from '../nftables/filters.js';
import type { FilterChain, FilterRule, Match } from '../nftables/ruleset.js';
import { meet, type Spans, subtract, union, within } from '../sets/spans.js';
import { spansFrom, zoneAddresses } from './zones.js';

/** Chains with their rules, in words. */
export const chainWords = (chains: readonly FilterChain[], word: (rule: FilterRule) => string): readonly string[] =>
  chains.flatMap(({ name, type, hook, policy, rules }) => [
    `${name.replace(LINK_AT_END, '')} ${type} ${hook} ${policy}`,
    ...rules.map(word),
  ]);

const LINK_AT_END = /l\d+$/;
const LINK = /^l\d+$/;
/** The link by which every packet comes or goes that a rule matches; undefined where there is none such. */
export const onlyLink = once(({ matches }: FilterRule): string | undefined => {
  const named = matches.flatMap(match => (match.of === 'device' ? [match] : []));
  const [first] = named.length === 1 ? named : [];
  return first?.not === false && first.names.length === 1 && LINK.test(first.names[0] ?? '') ? first.names[0] : undefined;
});

/** What is of one node alone. */
export interface Own {
  readonly name: string;
  /** Links by name, with what they are to it. */
  readonly links: ReadonlyMap<string, string>;
  /** Prefixes and addresses, with what they are to it. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly spans: Readonly<Record<Family, Spans>>;
}

/** What is an office's own. */
export function ownOfOffice({ plan, linksAt }: Topology, { offices }: Filters, office: Endpoint): Own {
  const links = linksAt.get(office.number) ?? [];
  const prefixes = FAMILIES.flatMap(family => [
    ...ENDPOINT_SEGMENTS.map(segment => [plan.segment(office.number, segment)[family], `own ${segment}`] as const),
    ...links.map((link, index) => [linkAddresses(plan, link, office.number).own[family], `own end ${index}`] as const),
  ]);
  const spans = (family: Family) =>
    union(offices.get(office.number)?.[family] ?? [], spansFrom(links.map(link => linkAddresses(plan, link, office.number).own[family])));
  return {
    name: nodeName(office),
    links: new Map(links.map((link, index) => [linkName(link), `own ${link.kind} ${index}`])),
    prefixes: new Map(prefixes),
    spans: { v4: spans('v4'), v6: spans('v6') },
  };
}

/** What is an aggregation node's own: its loopback, its uplinks with both their ends, and its offices' lines, which are not distinguished from each other. */
export function ownOfAggregation({ plan, linksAt }: Topology, aggregation: Aggregation): Own {
  const { number } = aggregation;
  const uplinks = (linksAt.get(number) ?? []).filter(carriesRoutes).toSorted((a, b) => farEnd(a, number) - farEnd(b, number));
  const prefixes = FAMILIES.flatMap(family => [
    [plan.loopback(number)[family], 'own loopback'] as const,
    ...uplinks.flatMap((link, index) => plan.link(link.number).map(end => [end[family], `end of ${index}`] as const)),
  ]);
  const links = (linksAt.get(number) ?? []).map(
    link => [linkName(link), carriesRoutes(link) ? `uplink ${uplinks.indexOf(link)}` : link.kind] as const,
  );
  const spans = (family: Family) => spansFrom(prefixes.map(([text]) => text).filter(text => text.includes(':') === (family === 'v6')));
  return { name: nodeName(aggregation), links: new Map(links), prefixes: new Map(prefixes), spans: { v4: spans('v4'), v6: spans('v6') } };
}

export interface Words {
  /** A rule with an aggregation node's own links by what they are. */
  shared(rule: FilterRule, own: Own): string;
  /** A rule with what is an office's own by what it is. */
  named(rule: FilterRule, own: Own): string;
  /** How rules elsewhere that distinguish nodes, if there are any, treat this one. */
  elsewhere(own: Own): readonly string[];
}

/** Words about the filters of one city. */
export function wordsOf(topology: Topology, filters: Filters): Words {
  const areas = areasOf(topology);
  const even = once((rule: FilterRule) => rule.matches.every(match => isEven(match, areas)));
  let count = 0;
  const id = once((_: FilterRule) => `${count++}`);
  const apart = partingMatches(topology, filters, areas);
  const namesLinks = once((rule: FilterRule) => rule.matches.some(isOfLinks));
  return {
    shared: (rule, own) => (namesLinks(rule) ? withLinks(rule.text, rule, own) : id(rule)),
    named: (rule, own) => (even(rule) && !namesLinks(rule) ? id(rule) : wordsFor(rule, own, areas, even)),
    elsewhere: own => apart.map((match, index) => `${index} ${relation(match, own)}`),
  };
}

/** Where the offices' and aggregation nodes' own addresses come from. */
type Areas = Readonly<Record<Family, readonly Spans[]>>;

function areasOf(topology: Topology): Areas {
  const { city, plan } = topology;
  const behind = new Set([...city.aggregations, ...city.endpoints].map(({ number }) => number));
  const links = city.links.filter(({ ends }) => ends.some(end => behind.has(end)));
  const of = (family: Family) => {
    const zones = zoneAddresses(topology, family);
    return [
      ...ENDPOINT_SEGMENTS.map(segment => zones.get(segment) ?? []),
      spansFrom(city.aggregations.map(({ number }) => plan.loopback(number)[family])),
      spansFrom(links.flatMap(({ number }) => plan.link(number).map(end => end[family]))),
    ];
  };
  return { v4: of('v4'), v6: of('v6') };
}

/** Whether it treats all of an area alike. */
const isEven = (match: Match, areas: Areas): boolean => match.of !== 'address' || isEvenOver(match.spans, areas[match.family]);
const isEvenOver = (spans: Spans, areas: readonly Spans[]): boolean => areas.every(area => !meet(spans, area) || within(area, spans));

/** Whether it names single links, or some by how their names begin; `l*` is all of them. */
const isOfLinks = (match: Match): boolean =>
  match.of === 'device' && match.names.some(name => LINK.test(name) || (name.endsWith('*') && name !== 'l*' && name !== '*'));

/** A rule that distinguishes nodes, in words that are equal where it treats them alike. */
function wordsFor(rule: FilterRule, own: Own, areas: Areas, even: (rule: FilterRule) => boolean): string {
  const text = even(rule) ? rule.text : namedOwn(rule, own, areas);
  return text === undefined ? `${own.name}: ${rule.text}` : withLinks(text, rule, own);
}

/** A rule's text with the node's own links by what they are, and which of them it names. */
const withLinks = (text: string, { matches }: FilterRule, own: Own): string =>
  [
    text.replace(/"(l\d+)"/g, (quoted, name) => own.links.get(name) ?? quoted),
    ...matches.filter(isOfLinks).map(match => named(match, own)),
  ].join(' ');

/** Which of a node's own links a match names. */
const named = (match: Match, { links }: Own): string =>
  match.of === 'device'
    ? [...links]
        .map(([link, is]) => `${is} ${isNamed(link, match.names) ? 'in' : 'out'}`)
        .toSorted()
        .join(' ')
    : '';

/** The rule with the node's own prefixes by name; undefined when it also names others that distinguish nodes. */
function namedOwn({ text, matches }: FilterRule, own: Own, areas: Areas): string | undefined {
  const rest = matches.every(
    match => match.of !== 'address' || isEvenOver(subtract(match.spans, own.spans[match.family]), areas[match.family]),
  );
  return rest ? text.replace(/[\da-f.:]+(\/\d+)?/g, prefix => own.prefixes.get(prefix) ?? prefix) : undefined;
}

type Parting = Extract<Match, { of: 'address' | 'device' }>;

/** What distinguishes nodes in rules that packets of many meet: at sites, and at aggregation nodes where they are not of one office's line. */
function partingMatches({ city }: Topology, { hosts }: Filters, areas: Areas): readonly Parting[] {
  const lines = new Set(city.links.filter(({ kind }) => kind === 'access').map(linkName));
  const behind = new Set(city.aggregations.map(({ number }) => number));
  const uplinks = city.links.filter(link => carriesRoutes(link) && link.ends.some(end => behind.has(end))).map(linkName);
  const rulesAt = (kind: 'site' | 'aggregation'): ReadonlySet<FilterRule> => {
    const filters = [...hosts.values()].filter(({ machine }) => machine.node.kind === kind);
    const rules = filters.flatMap(({ ruleset }) => ruleset.chains.flatMap(chain => chain.rules));
    return new Set(rules.filter(rule => !lines.has(onlyLink(rule) ?? '')));
  };
  const bySite = [...rulesAt('site')].flatMap(({ matches }) => matches);
  const byAggregation = [...rulesAt('aggregation')].flatMap(({ matches }) => matches);
  return [
    ...[...bySite, ...byAggregation].filter(match => match.of === 'address').filter(match => !isEven(match, areas)),
    ...bySite.filter(match => match.of === 'device').filter(({ names }) => partsAny(names, uplinks)),
  ];
}

/** Whether some of the links are named, and some not. */
export const partsAny = (names: readonly string[], links: readonly string[]): boolean =>
  new Set(links.map(link => isNamed(link, names))).size > 1;

export function isNamed(device: string, names: readonly string[]): boolean {
  const { exact, beginnings } = nameSet(names);
  return exact.has(device) || beginnings.some(beginning => device.startsWith(beginning));
}
const nameSet = once((names: readonly string[]) => ({
  exact: new Set(names),
  beginnings: names.filter(name => name.endsWith('*')).map(name => name.slice(0, -1)),
}));

function relation(match: Parting, own: Own): string {
  if (match.of === 'device') return named(match, own);
  const spans = own.spans[match.family];
  return meet(spans, match.spans) ? (within(spans, match.spans) ? 'in' : `part of ${own.name}`) : 'out';
}
