/**
 * What can stand for what: offices, and aggregation nodes, whose packets take the same ways through the same rules whatever fails, but for
 * their own numbers and addresses. A country of ten thousand offices has a few dozen kinds of them.
 *
 * Rules that are of one office are compared with what is its own replaced by its name. That alone would not do: a rule may name a prefix
 * that contains one of two offices and not the other. So offices that any rule elsewhere distinguishes are distinguished here.
 */

import { grouped } from '../../city/grouped.js';
import type { ElementNumber } from '../../city/identity.js';
import { type Aggregation, type Endpoint, farEnd, linkName, nodeName } from '../../city/model.js';
import type { Topology } from '../../site/topology.js';
import type { Filters } from '../nftables/filters.js';
import type { FilterChain, FilterRule } from '../nftables/ruleset.js';
import { failingAt } from '../paths/cases.js';
import { chainWords, isNamed, onlyLink, ownOfAggregation, ownOfOffice, partsAny, type Words, wordsOf } from './words.js';

/** Those that are alike; the first stands for all. */
export type Alike<T> = readonly [T, ...T[]];

/** An aggregation node and what is behind it. */
export interface Branch {
  readonly aggregation: Aggregation;
  /** By their kind: branches that are alike have as many of each. */
  readonly offices: ReadonlyMap<string, Alike<Endpoint>>;
}

export interface Likeness {
  readonly branches: readonly Alike<Branch>[];
  /** Aggregation nodes whose own addresses are reached alike, whatever is behind them. */
  readonly routers: readonly Alike<Aggregation>[];
}

/** Every aggregation node and every office, in groups of those that are alike. */
export function likenessOf(topology: Topology, filters: Filters): Likeness {
  const judging = { words: wordsOf(topology, filters), failing: failingAt(topology.city), tied: twiceConnected(topology), filters };
  const officesOf = grouped(topology.city.endpoints, ({ aggregation }) => [aggregation]);
  const branches = topology.city.aggregations.map(each => keyedBranch(topology, each, officesOf.get(each.number) ?? [], judging));
  return {
    branches: alikeBy(branches, ({ key }) => key).map(group => map(group, ({ branch }) => branch)),
    routers: alikeBy(branches, ({ routerKey }) => routerKey).map(group => map(group, ({ branch }) => branch.aggregation)),
  };
}

interface Judging {
  readonly words: Words;
  readonly failing: ReadonlyMap<ElementNumber, string>;
  readonly tied: ReadonlySet<ElementNumber>;
  readonly filters: Filters;
}

interface Keyed {
  readonly branch: Branch;
  /** Equal where packets to the aggregation node itself are treated alike. */
  readonly routerKey: string;
  /** Equal where packets of all that is behind it are, too. */
  readonly key: string;
}

function keyedBranch(topology: Topology, aggregation: Aggregation, behind: readonly Endpoint[], judging: Judging): Keyed {
  const { words, failing, filters } = judging;
  const own = ownOfAggregation(topology, aggregation);
  const rules = rulesAt(topology, aggregation, filters);
  const inWords = (chains: readonly FilterChain[]) => chainWords(chains, rule => words.shared(rule, own));
  const routerKey = [
    ...alone(aggregation, judging),
    failing.get(aggregation.number),
    ...words.elsewhere(own),
    ...inWords(rules.shared.filter(({ hook }) => hook === 'input')),
  ].join('\n');
  const offices = grouped(behind, office => [officeKey(topology, office, rules, judging)]);
  const ofKinds = [...offices].map(([key, { length }]) => `${length} times ${key}`).toSorted();
  return {
    branch: { aggregation, offices: new Map([...offices].flatMap(([key, group]) => asAlike(group).map(each => [key, each]))) },
    routerKey,
    key: [routerKey, ...inWords(rules.shared), ...ofKinds].join('\n'),
  };
}

const alone = ({ number }: Aggregation | Endpoint, { tied }: Judging): readonly string[] => (tied.has(number) ? [`only ${number}`] : []);

const alikeBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly Alike<T>[] =>
  [...grouped(items, item => [keyOf(item)]).values()].flatMap(asAlike);
const asAlike = <T>([first, ...others]: readonly T[]): readonly Alike<T>[] => (first === undefined ? [] : [[first, ...others]]);
const map = <T, R>([first, ...others]: Alike<T>, read: (item: T) => R): Alike<R> => [read(first), ...others.map(read)];

/** Aggregation nodes and offices that a line ties to another aggregation node's branch: they are like no other. */
function twiceConnected({ city }: Topology): ReadonlySet<ElementNumber> {
  const home = new Map(city.endpoints.map(({ number, aggregation }) => [number, aggregation]));
  const away = city.links.filter(({ kind, ends: [a, b] }) => kind === 'access' && (home.get(a) ?? b) !== b && (home.get(b) ?? a) !== a);
  return new Set(away.flatMap(({ ends }) => ends.flatMap(end => [end, home.get(end) ?? end])));
}

interface AtAggregation {
  /** Its chains with the rules that are not of one office. */
  readonly shared: readonly FilterChain[];
  /** The names of links in those that name some offices' lines, and not all. */
  readonly parting: readonly (readonly string[])[];
  /** Rules that only packets of one office meet. */
  readonly of: ReadonlyMap<ElementNumber, readonly OfOffice[]>;
}
interface OfOffice {
  readonly rule: FilterRule;
  /** Its chain, and how many shared rules are before it. */
  readonly after: string;
}

function rulesAt({ linksAt }: Topology, aggregation: Aggregation, { hosts }: Filters): AtAggregation {
  const access = (linksAt.get(aggregation.number) ?? []).filter(({ kind }) => kind === 'access');
  const officeBy = new Map(access.map(link => [linkName(link), farEnd(link, aggregation.number)]));
  const of = new Map<ElementNumber, OfOffice[]>();
  const shared = (hosts.get(nodeName(aggregation))?.ruleset.chains ?? []).map((chain, index): FilterChain => {
    const rules: FilterRule[] = [];
    for (const rule of chain.rules) {
      const office = officeBy.get(onlyLink(rule) ?? '');
      if (office === undefined) rules.push(rule);
      else of.set(office, [...(of.get(office) ?? []), { rule, after: `${index} ${rules.length}` }]);
    }
    return { ...chain, rules };
  });
  const matches = shared.flatMap(({ rules }) => rules.flatMap(rule => rule.matches));
  const named = matches.flatMap(match => (match.of === 'device' ? [match.names] : []));
  return { shared, parting: named.filter(names => partsAny(names, [...officeBy.keys()])), of };
}

/** Equal where packets of two offices behind one aggregation node are treated alike. */
function officeKey(topology: Topology, office: Endpoint, { of, parting }: AtAggregation, judging: Judging): string {
  const { words, filters } = judging;
  const own = ownOfOffice(topology, filters, office);
  return [
    ...alone(office, judging),
    ...own.links.values(),
    ...words.elsewhere(own),
    ...parting.map(names => [...own.links.keys()].map(link => (isNamed(link, names) ? 'in' : 'out')).join(' ')),
    ...chainWords(filters.hosts.get(own.name)?.ruleset.chains ?? [], rule => words.named(rule, own)),
    ...(of.get(office.number) ?? []).map(({ rule, after }) => `${after} ${words.named(rule, own)}`),
  ].join('\n');
}
