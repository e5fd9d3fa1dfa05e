/** Where a drill's clients run. Pure. */

import type { Endpoint } from '../infra/city/model.js';
import { InputError } from '../infra/city/problem.js';
import type { Topology } from '../infra/site/topology.js';
import type { Ward } from './drill.js';

/** Wards behind different aggregation nodes that a drill looks from. */
export const WARDS = 5;

/** The first ward behind each of the first aggregation nodes; they ask over IPv4 and IPv6 in turn. @throws {InputError} when too few nodes have a ward */
export function wardsOf({ city, plan }: Topology): readonly Ward[] {
  const byNode = new Map<number, Endpoint>();
  for (const endpoint of city.endpoints)
    if (endpoint.class === 'ward' && !byNode.has(endpoint.aggregation)) byNode.set(endpoint.aggregation, endpoint);
  if (byNode.size < WARDS) throw tooFew(byNode.size);
  return [...byNode.values()].slice(0, WARDS).map(({ number, name }, index) => ({
    host: `e${number}`,
    name,
    source: plan.gateway(number, 'office')[index % 2 === 0 ? 'v4' : 'v6'],
  }));
}

const tooFew = (found: number): InputError =>
  new InputError([
    {
      rule: 'drill-wards',
      path: 'endpoints',
      message: `wards behind ${found} aggregation nodes, and a drill looks from ${WARDS}`,
      hint: 'give wards to more aggregation nodes in endpoints.csv',
    },
  ]);
