import { type Aggregation, type City, farEnd, type Link, nodeName, type Site } from '../model.js';
import type { Problem } from '../problem.js';
import type { Rule } from './rule.js';

interface Uplink {
  readonly link: Link;
  readonly site: Site;
}

/**
 * No shared-risk group may cut an aggregation node from both serving sites.
 *
 * Paths through other nodes do not count: the routers refuse transit. Groups of the node itself (its own building) do not
 * count either: then the node is down, not cut off.
 */
export const survivesOneRiskGroup: Rule = {
  demands: 'every aggregation node survives the failure of any one shared-risk group',
  of: 'aggregation nodes × shared-risk groups',
  examine: city => {
    const uplinks = uplinksByNode(city);
    return {
      findings: city.aggregations.flatMap(node => cutOff(node, uplinks.get(node.number) ?? [])),
      cases: city.aggregations.length * city.riskGroups.length,
    };
  },
};

function uplinksByNode({ aggregations, sites, links }: City): ReadonlyMap<number, readonly Uplink[]> {
  const serving = new Map(sites.filter(({ role }) => role !== 'witness').map(site => [site.number, site]));
  const found = new Map<number, Uplink[]>(aggregations.map(({ number }) => [number, []]));
  for (const link of links) {
    const [a, b] = link.ends;
    for (const near of [a, b]) {
      const site = serving.get(farEnd(link, near));
      if (site !== undefined) found.get(near)?.push({ link, site });
    }
  }
  return found;
}

/** Only a group that hits the first uplink can hit all of them. */
function cutOff(node: Aggregation, uplinks: readonly Uplink[]): readonly Problem[] {
  const [first] = uplinks;
  const groups = first === undefined ? [] : groupsOf(first).filter(group => !node.riskGroups.includes(group));
  const fatal = groups.filter(group => uplinks.every(uplink => groupsOf(uplink).includes(group)));
  if (first !== undefined && fatal.length === 0) return [];
  const when =
    first === undefined ? 'has no uplink to a serving site' : `is cut off when ${fatal.map(group => `'${group}'`).join(' or ')} fails`;
  return [
    {
      rule: 'survives-one-risk-group',
      path: `aggregations.${node.number}`,
      message: `${nodeName(node)} (${node.name.en}) ${when}`,
      hint: first === undefined ? 'give it two uplinks, one to each serving site' : hint(fatal[0] ?? ''),
    },
  ];
}

const hint = (group: string): string => `give it an uplink to a site that does not share '${group}'`;

const groupsOf = ({ link, site }: Uplink): readonly string[] => [...link.riskGroups, ...site.riskGroups];
