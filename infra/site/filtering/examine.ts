/** Segmentation, proven from the rendered rules: what the matrix allows gets through, and nothing else does. */

import type { Examination } from '../../city/rules/rule.js';
import type { Topology } from '../topology.js';
import { admittedBeyond, FILTERED } from './admitted.js';
import { type Alike, alikeOffices } from './alike.js';
import { deliveries } from './delivered.js';
import { letThrough } from './dropped.js';
import { filtersOf, type HostFilter, renderedFilters } from './filters.js';
import { type Family, PROTOCOLS } from './packets.js';
import { shadowedRules } from './shadowed.js';
import { zonesOf } from './zones.js';

/** Families in which flows must get through; that nothing else does is proven for both. */
export const FAMILIES_IN_FORCE: readonly Family[] = ['v4', 'v6'];

export const DEMANDS = 'every filter lets through what the matrix allows on every way, and nothing else';
export const OF = 'cells of the matrix at filters, and ways of allowed flows in every case of one failure';

/** Judges the filters of a city as they are rendered. */
export const examineSegmentation = (topology: Topology, families = FAMILIES_IN_FORCE): Examination =>
  examineFilters(topology, renderedFilters(topology), families);

/**
 * Judges any filters of a city by their texts.
 *
 * That nothing is let through that the matrix does not allow is shown of every filter alone and for all packets there are, so it holds
 * on every way and whatever fails. That what is allowed gets through is shown on every way of every case.
 */
export function examineFilters(topology: Topology, texts: ReadonlyMap<string, string>, families = FAMILIES_IN_FORCE): Examination {
  const filters = filtersOf(topology, texts);
  const forbidden = letThrough(topology, filters);
  const alike = alikeOffices(topology, filters);
  const delivered = families.map(family => deliveries(topology, filters, alike, family));
  return {
    findings: [
      ...filters.unread,
      ...forbidden.problems,
      ...admittedBeyond(topology, filters),
      ...shadowedRules(topology, filters, standIns(alike)),
      ...delivered.flatMap(({ problems }) => problems),
    ],
    cases: cellsOf(topology) * filters.hosts.size + forbidden.demands + delivered.reduce((sum, { walks }) => sum + walks, 0),
  };
}

/** Cells of the complete matrix: from each zone to each, by protocol, at each hook. */
const cellsOf = (topology: Topology): number => zonesOf(topology).length ** 2 * PROTOCOLS.length * FILTERED.length;

/** One office of those that are alike, and everything that is no office. */
function standIns(alike: readonly Alike[]): (host: HostFilter) => boolean {
  const first = new Set(alike.map(([office]) => office.number));
  return ({ machine: { node } }) => node.kind !== 'endpoint' || first.has(node.number);
}
