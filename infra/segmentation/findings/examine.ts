/** Segmentation, proven from the rendered rules: what the matrix allows gets through, and nothing else does. */

import { FAMILIES } from '../../city/addresses.js';
import type { Examined } from '../../city/check.js';
import type { ElementNumber } from '../../city/identity.js';
import { type Node, nodeName } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import type { Examination, Rule } from '../../city/rules/rule.js';
import type { Topology } from '../../site/topology.js';
import { filtersOf, renderedFilters } from '../nftables/filters.js';
import { PROTOCOLS } from '../sets/packets.js';
import { type Alike, type Likeness, likenessOf } from '../symmetry/alike.js';
import { zonesOf } from '../symmetry/zones.js';
import { admittedBeyond, FILTERED } from './admitted.js';
import { deliveries } from './delivered.js';
import { letThrough } from './dropped.js';
import { shadowedRules } from './shadowed.js';

const SEGMENTATION = {
  demands: 'every filter lets through what the matrix allows on every way, and nothing else',
  of: 'cells of the matrix at filters, and ways of allowed flows in every case of one failure',
} as const satisfies Omit<Rule, 'examine'>;

/** Judges the filters of a city as they are rendered. */
export const examineSegmentation = (topology: Topology): Examined => ({
  rule: 'segmentation',
  ...SEGMENTATION,
  ...examineFilters(topology, renderedFilters(topology)),
});

/**
 * Judges any filters of a city by their texts.
 *
 * That nothing is let through that the matrix does not allow is shown of every filter alone and for all packets there are, so it holds
 * on every way and whatever fails. That what is allowed gets through is shown on every way of every case.
 *
 * @param likenessFor what stands for what; that nothing does comes to the same, slowly
 */
export function examineFilters(
  topology: Topology,
  texts: ReadonlyMap<string, string>,
  likenessFor: typeof likenessOf = likenessOf,
): Examination {
  const filters = filtersOf(topology, texts);
  const likeness = likenessFor(topology, filters);
  const kinds = kindsOf(topology, likeness);
  const alone = { ...filters, hosts: new Map([...filters.hosts].filter(([, { machine }]) => kinds.has(machine.node.number))) };
  const forbidden = letThrough(topology, alone, ({ machine }) => kinds.get(machine.node.number)?.length ?? 0);
  const delivered = FAMILIES.map(family => deliveries(topology, filters, likeness, family));
  const findings = [...forbidden.problems, ...admittedBeyond(topology, alone), ...shadowedRules(topology, alone)];
  const undelivered = delivered.flatMap(({ problems }) =>
    problems.map(({ taken, ...problem }) => forAll(taken ? routersOf(kinds, likeness) : kinds, problem)),
  );
  return {
    findings: [...filters.unread, ...findings.map(finding => forAll(kinds, finding)), ...undelivered],
    cases: cellsOf(topology) * filters.hosts.size + forbidden.demands + delivered.reduce((sum, { walks }) => sum + walks, 0),
  };
}

/** Cells of the complete matrix: from each zone to each, by protocol, at each hook. */
const cellsOf = (topology: Topology): number => zonesOf(topology).length ** 2 * PROTOCOLS.length * FILTERED.length;

/** One node of every kind, with those that are like it. */
function kindsOf({ city }: Topology, { branches }: Likeness): ReadonlyMap<ElementNumber, Alike<Node>> {
  const routers = branches.map(([first, ...others]): Alike<Node> => [first.aggregation, ...others.map(({ aggregation }) => aggregation)]);
  const offices = branches.flatMap(([first, ...others]) =>
    [...first.offices].map(([kind, group]): Alike<Node> => [...group, ...others.flatMap(each => each.offices.get(kind) ?? [])]),
  );
  const fixed = [...city.sites, ...city.externals].map((node): Alike<Node> => [node]);
  return new Map([...fixed, ...routers, ...offices].map(group => [group[0].number, group]));
}

/** Of aggregation nodes those that are alike as routers, which are more than those with alike offices, too. */
const routersOf = (kinds: ReadonlyMap<ElementNumber, Alike<Node>>, { routers }: Likeness): ReadonlyMap<ElementNumber, Alike<Node>> =>
  new Map<ElementNumber, Alike<Node>>([
    ...kinds,
    ...routers.flatMap(group => group.map(each => [each.number, [each, ...group.filter(other => other !== each)]] as const)),
  ]);

/** What is wrong at one is wrong at those that are like it. */
function forAll(kinds: ReadonlyMap<ElementNumber, Alike<Node>>, finding: Problem): Problem {
  const others = kinds.get(Number(finding.path.split('.')[1]) as ElementNumber)?.slice(1) ?? [];
  if (others.length === 0) return finding;
  const names = others.map(nodeName).join(', ');
  return { ...finding, message: `${finding.message}; likewise at ${others.length === 1 ? names : `${others.length} more: ${names}`}` };
}
