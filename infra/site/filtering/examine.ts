/** Segmentation, proven from the rendered rules: what the matrix allows gets through, and nothing else does. */

import { FAMILIES, type Family } from '../../city/addresses.js';
import type { Examined } from '../../city/check.js';
import { nodeName } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import type { Examination, Rule } from '../../city/rules/rule.js';
import type { Topology } from '../topology.js';
import { admittedBeyond, FILTERED } from './admitted.js';
import { type Alike, alikeOffices } from './alike.js';
import { deliveries } from './delivered.js';
import { letThrough } from './dropped.js';
import { type Filters, filtersOf, renderedFilters } from './filters.js';
import { PROTOCOLS } from './packets.js';
import { shadowedRules } from './shadowed.js';
import { zonesOf } from './zones.js';

export const SEGMENTATION = {
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
 */
export function examineFilters(
  topology: Topology,
  texts: ReadonlyMap<string, string>,
  families: readonly Family[] = FAMILIES,
): Examination {
  const all = filtersOf(topology, texts);
  const alike = alikeOffices(topology, all);
  const filters = { ...all, hosts: standIns(alike, all.hosts) };
  const forbidden = letThrough(topology, filters);
  const delivered = families.map(family => deliveries(topology, filters, alike, family));
  const findings = [
    ...forbidden.problems,
    ...admittedBeyond(topology, filters),
    ...shadowedRules(topology, filters),
    ...delivered.flatMap(({ problems }) => problems),
  ];
  return {
    findings: [...all.unread, ...findings.map(finding => forAll(alike, finding))],
    cases: cellsOf(topology) * all.hosts.size + forbidden.demands + delivered.reduce((sum, { walks }) => sum + walks, 0),
  };
}

/** Cells of the complete matrix: from each zone to each, by protocol, at each hook. */
const cellsOf = (topology: Topology): number => zonesOf(topology).length ** 2 * PROTOCOLS.length * FILTERED.length;

/** One office of those that are alike, and everything that is no office. */
function standIns(alike: readonly Alike[], hosts: Filters['hosts']): Filters['hosts'] {
  const first = new Set(alike.map(([office]) => office.number));
  return new Map(
    [...hosts].filter(
      ([
        ,
        {
          machine: { node },
        },
      ]) => node.kind !== 'endpoint' || first.has(node.number),
    ),
  );
}

/** What is wrong at one office is wrong at those that are like it. */
function forAll(alike: readonly Alike[], finding: Problem): Problem {
  const others = alike.find(([office]) => finding.path === `endpoints.${office.number}`)?.slice(1) ?? [];
  if (others.length === 0) return finding;
  const names = others.map(nodeName).join(', ');
  return { ...finding, message: `${finding.message}; likewise at ${others.length === 1 ? names : `${others.length} offices: ${names}`}` };
}
