/**
 * What can stand for what: offices, and aggregation nodes, whose packets take the same ways through the same rules whatever fails, but for
 * their own numbers and addresses. A country of ten thousand offices has a few dozen kinds of them.
 *
 * Rules that are of one office are compared with what is its own replaced by its name. That alone would not do: a rule may name a prefix
 * in which one of two offices lies and the other does not. So whoever a rule elsewhere tells apart is told apart here.
 */

import { grouped } from '../../city/grouped.js';
import { type Aggregation, type ElementNumber, type Endpoint, farEnd, linkName, nodeName } from '../../city/model.js';
import type { Topology } from '../topology.js';
import { failingAt } from './cases.js';
import type { Filters } from './filters.js';
import { chainsOf, isNamed, ownOfAggregation, ownOfOffice, type Placed, partsAny, rulesOf, type Words, wordsOf } from './words.js';

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
  const shared = (placed: Placed) => words.shared(placed, own);
  const routerKey = [
    ...alone(aggregation, judging),
    failing.get(aggregation.number),
    ...words.told(own),
    ...chainsOf(filters.hosts.get(own.name)?.ruleset),
    ...rules.shared.filter(({ hook }) => hook === 'input').map(shared),
  ].join('\n');
  const offices = grouped(behind, office => [officeKey(topology, office, rules, judging)]);
  const ofKinds = [...offices].map(([key, { length }]) => `${length} times ${key}`).toSorted();
  return {
    branch: { aggregation, offices: new Map([...offices].flatMap(([key, group]) => asAlike(group).map(each => [key, each]))) },
    routerKey,
    key: [routerKey, ...rules.shared.map(shared), ...ofKinds].join('\n'),
  };
}

const alone = ({ number }: Aggregation | Endpoint, { tied }: Judging): readonly string[] => (tied.has(number) ? [`only ${number}`] : []);

const alikeBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly Alike<T>[] =>
  [...grouped(items, item => [keyOf(item)]).values()].flatMap(asAlike);
const asAlike = <T>([first, ...others]: readonly T[]): readonly Alike<T>[] => (first === undefined ? [] : [[first, ...others]]);
const map = <T, R>([first, ...others]: Alike<T>, read: (item: T) => R): Alike<R> => [read(first), ...others.map(read)];

/** Aggregation nodes and offices that a line ties to another aggregation node's branch: they are like nobody. */
function twiceConnected({ city }: Topology): ReadonlySet<ElementNumber> {
  const home = new Map(city.endpoints.map(({ number, aggregation }) => [number, aggregation]));
  const away = city.links.filter(({ kind, ends: [a, b] }) => kind === 'access' && (home.get(a) ?? b) !== b && (home.get(b) ?? a) !== a);
  return new Set(away.flatMap(({ ends }) => ends.flatMap(end => [end, home.get(end) ?? end])));
}

interface AtAggregation {
  /** Rules that are not of one office. */
  readonly shared: readonly Placed[];
  /** The names of links in those that name some offices' lines, and not all. */
  readonly parting: readonly (readonly string[])[];
  /** Those that only packets of one office meet, with how many shared ones are before them. */
  readonly of: ReadonlyMap<ElementNumber, readonly OfOffice[]>;
}
interface OfOffice {
  readonly placed: Placed;
  readonly after: number;
}

function rulesAt({ linksAt }: Topology, aggregation: Aggregation, { hosts }: Filters): AtAggregation {
  const access = (linksAt.get(aggregation.number) ?? []).filter(({ kind }) => kind === 'access');
  const officeBy = new Map(access.map(link => [linkName(link), farEnd(link, aggregation.number)]));
  const shared: Placed[] = [];
  const of = new Map<ElementNumber, OfOffice[]>();
  for (const placed of rulesOf(hosts.get(nodeName(aggregation))?.ruleset)) {
    const office = placed.link === undefined ? undefined : officeBy.get(placed.link);
    if (office === undefined) shared.push(placed);
    else of.set(office, [...(of.get(office) ?? []), { placed, after: shared.length }]);
  }
  const named = shared.flatMap(({ rule }) => rule.matches.flatMap(match => (match.of === 'device' ? [match.names] : [])));
  return { shared, parting: named.filter(names => partsAny(names, [...officeBy.keys()])), of };
}

/** Equal where packets of two offices behind one aggregation node are treated alike. */
function officeKey(topology: Topology, office: Endpoint, { of, parting }: AtAggregation, judging: Judging): string {
  const { words, filters } = judging;
  const own = ownOfOffice(topology, office);
  const { ruleset } = filters.hosts.get(own.name) ?? {};
  return [
    ...alone(office, judging),
    ...own.links.values(),
    ...words.told(own),
    ...parting.map(names => [...own.links.keys()].map(link => (isNamed(link, names) ? 'in' : 'out')).join(' ')),
    ...chainsOf(ruleset),
    ...rulesOf(ruleset).map(placed => words.named(placed, own)),
    ...(of.get(office.number) ?? []).map(({ placed, after }) => `${after} ${words.named(placed, own)}`),
  ].join('\n');
}
