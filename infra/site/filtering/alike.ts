/**
 * Which offices can stand for which: those whose packets meet the same rules, but for their own numbers and addresses.
 *
 * Two offices are alike when they lie behind the same aggregation node and the text of their own filter, and of that node's rules that
 * their packets can meet, is equal once what is their own is replaced by its name. That alone would not do: a rule may name a prefix
 * in which one of them lies and the other does not. So every prefix that is left must hold all offices' addresses of a segment, or none.
 */

import { FAMILIES, type Family } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS, type Endpoint, farEnd, type Link, linkName, nodeName } from '../../city/model.js';
import { linkAddresses, type Topology } from '../topology.js';
import type { Filters, HostFilter } from './filters.js';
import type { Match, Rule, Ruleset } from './ruleset.js';
import { meet, type Spans, subtract, within } from './spans.js';
import { spansFrom, zoneAddresses } from './zones.js';

/** Offices that are alike; the first stands for all. */
export type Alike = readonly [Endpoint, ...Endpoint[]];

/** Every office, in groups of those that are alike. */
export function alikeOffices(topology: Topology, { hosts }: Filters): readonly Alike[] {
  const areas = areasOf(topology);
  const even = memo((rule: Rule) => rule.matches.every(match => match.of !== 'address' || isEven(match.spans, areas[match.family])));
  let count = 0;
  const common = memo((rule: Rule) => {
    const same = even(rule) && !rule.matches.some(match => match.of === 'device' && match.names.some(name => /^l\d/.test(name)));
    return same ? `${count++}` : undefined;
  });
  const groups = new Map<string, [Endpoint, ...Endpoint[]]>();
  for (const office of topology.city.endpoints) {
    const key = keyOf(topology, office, hosts, { areas, even, common });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [office]);
    else group.push(office);
  }
  return [...groups.values()];
}

type Areas = Readonly<Record<Family, readonly Spans[]>>;

/** Where offices' own addresses come from: their segments, and the ends of links. */
const areasOf = (topology: Topology): Areas => {
  const of = (family: Family) => {
    const zones = zoneAddresses(topology, family);
    return [...ENDPOINT_SEGMENTS, 'links' as const].map(zone => zones.get(zone) ?? []);
  };
  return { v4: of('v4'), v6: of('v6') };
};

const isEven = (spans: Spans, areas: readonly Spans[]): boolean => areas.every(area => !meet(spans, area) || within(area, spans));

interface Judging {
  readonly areas: Areas;
  readonly even: (rule: Rule) => boolean;
  /** A short name of a rule that is the same for every office; undefined where it is not. */
  readonly common: (rule: Rule) => string | undefined;
}

function keyOf(topology: Topology, office: Endpoint, hosts: ReadonlyMap<string, HostFilter>, judging: Judging): string {
  const links = topology.linksAt.get(office.number) ?? [];
  const own = ownOf(topology, office, links);
  const ownRules = rulesOf(hosts.get(nodeName(office))?.ruleset);
  const met = links.flatMap(link => {
    const far = topology.nodes.get(farEnd(link, office.number));
    return far?.kind === 'aggregation' ? metAt(topology, far.number, link, rulesOf(hosts.get(nodeName(far))?.ruleset)) : [];
  });
  const words = [...ownRules, ...met].map(({ chain, rule }) => `${chain} ${judging.common(rule) ?? wordsFor(rule, own, office, judging)}`);
  return `${office.aggregation} ${links.map(({ kind }) => kind).join(' ')}\n${words.join('\n')}`;
}

/** A rule that tells offices apart, in words that are equal where it treats them alike. */
function wordsFor(rule: Rule, own: Own, office: Endpoint, { areas, even }: Judging): string {
  const text = even(rule) ? rule.text : namedOwn(rule, own, areas);
  return text === undefined ? `${office.number}: ${rule.text}` : withoutDevices(text, own);
}

interface Placed {
  readonly chain: string;
  readonly rule: Rule;
}

const rulesOf = (ruleset: Ruleset | undefined): readonly Placed[] => (ruleset === undefined ? [] : placed(ruleset));
const placed = memo((ruleset: Ruleset): readonly Placed[] =>
  ruleset.chains.flatMap(chain => {
    const head = `${chain.name.replace(/l\d+$/, '')} ${chain.type} ${chain.hook} ${chain.policy}`;
    return chain.rules.map(rule => ({ chain: head, rule }));
  }),
);

/** An aggregation node's rules but those that only packets of other offices meet. */
function metAt(topology: Topology, aggregation: Endpoint['aggregation'], own: Link, rules: readonly Placed[]): readonly Placed[] {
  const others = new Set((topology.linksAt.get(aggregation) ?? []).filter(link => link.kind === 'access' && link !== own).map(linkName));
  const onlyOthers = (match: Match) => match.of === 'device' && !match.not && match.names.every(name => others.has(name));
  return rules.filter(({ rule }) => !rule.matches.some(onlyOthers));
}

interface Own {
  readonly devices: ReadonlyMap<string, string>;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly spans: Readonly<Record<Family, Spans>>;
}

function ownOf(topology: Topology, office: Endpoint, links: readonly Link[]): Own {
  const texts = FAMILIES.flatMap(family => [
    ...ENDPOINT_SEGMENTS.map(segment => [topology.plan.segment(office.number, segment)[family], `own ${segment}`] as const),
    ...links.map((link, index) => [linkAddresses(topology.plan, link, office.number).own[family], `own end ${index}`] as const),
  ]);
  const of = (family: Family) => spansFrom(texts.map(([text]) => text).filter(text => text.includes(':') === (family === 'v6')));
  return {
    devices: new Map(links.map((link, index) => [linkName(link), `own ${link.kind} ${index}`])),
    prefixes: new Map(texts),
    spans: { v4: of('v4'), v6: of('v6') },
  };
}

/** The rule with the office's own prefixes by name; undefined when it also names others that tell offices apart. */
function namedOwn({ text, matches }: Rule, own: Own, areas: Areas): string | undefined {
  const rest = matches.every(
    match => match.of !== 'address' || isEven(subtract(match.spans, own.spans[match.family]), areas[match.family]),
  );
  return rest ? text.replace(/[\da-f.:]+(\/\d+)?/g, prefix => own.prefixes.get(prefix) ?? prefix) : undefined;
}

const withoutDevices = (text: string, own: Own): string => text.replace(/"(l\d+)"/g, (quoted, name) => own.devices.get(name) ?? quoted);

function memo<K extends object, V>(work: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return key => {
    const found = known.get(key) ?? { value: work(key) };
    known.set(key, found);
    return found.value;
  };
}
