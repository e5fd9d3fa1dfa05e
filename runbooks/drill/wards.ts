/** Where a drill's clients run. Pure. */

import { grouped } from '../../infra/city/grouped.js';
import type { Endpoint } from '../../infra/city/model.js';
import { type InputError, wrongInput } from '../../infra/city/problem.js';
import type { Topology } from '../../infra/site/topology.js';
import type { Ward } from './drill.js';

/** How many wards a drill measures from, behind as many aggregation nodes as there are. */
export const WARDS = 5;

/** The first ward behind each aggregation node, then the second ones; they use IPv4 and IPv6 in turn. @throws {InputError} when there are too few */
export function wardsOf({ city, plan }: Topology): readonly Ward[] {
  const wards = city.endpoints.filter(endpoint => endpoint.class === 'ward');
  if (wards.length < WARDS) throw tooFew(wards.length);
  return inTurn([...grouped(wards, ({ aggregation }) => [aggregation]).values()])
    .slice(0, WARDS)
    .map(({ number, name }, index) => ({
      host: `e${number}`,
      name,
      source: plan.gateway(number, 'office')[index % 2 === 0 ? 'v4' : 'v6'],
    }));
}

/** The first of every group, then the second of every group, and so on. */
function inTurn(groups: readonly (readonly Endpoint[])[]): readonly Endpoint[] {
  const turns = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: turns }, (_, turn) => groups.flatMap(group => group[turn] ?? [])).flat();
}

const tooFew = (found: number): InputError =>
  wrongInput(
    'drill-wards',
    'endpoints',
    `${found} wards, and a drill measures from ${WARDS}`,
    'give the city more wards in endpoints.csv, or more of its districts',
  );
