/** Where a drill's clients run. Pure. */

import type { Endpoint } from '../infra/city/model.js';
import { InputError } from '../infra/city/problem.js';
import type { Topology } from '../infra/site/topology.js';
import type { Ward } from './drill.js';

/** Wards of different districts that a drill looks from. */
export const WARDS = 5;

/** The first ward of each of the first districts; they ask over IPv4 and IPv6 in turn. @throws {InputError} when the city has too few districts with a ward */
export function wardsOf({ city, plan }: Topology): readonly Ward[] {
  const byDistrict = new Map<string, Endpoint>();
  for (const endpoint of city.endpoints) {
    if (endpoint.class !== 'ward' || endpoint.district === undefined || byDistrict.has(endpoint.district)) continue;
    byDistrict.set(endpoint.district, endpoint);
  }
  if (byDistrict.size < WARDS) throw tooFew(byDistrict.size);
  return [...byDistrict].slice(0, WARDS).map(([district, { number, name }], index) => ({
    host: `e${number}`,
    name,
    district,
    source: plan.gateway(number, 'office')[index % 2 === 0 ? 'v4' : 'v6'],
  }));
}

const tooFew = (found: number): InputError =>
  new InputError([
    {
      rule: 'drill-wards',
      path: 'endpoints',
      message: `wards of ${found} districts, and a drill looks from ${WARDS}`,
      hint: 'give the wards their districts in endpoints.csv',
    },
  ]);
