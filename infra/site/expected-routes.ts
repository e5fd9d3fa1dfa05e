/** What every router's kernel should have of BGP, by prediction. */

import type { Address, Prefix } from '../city/addresses.js';
import { type ElementNumber, ENDPOINT_SEGMENTS } from '../city/identity.js';
import { linkName } from '../city/model.js';
import type { Prediction } from '../city/routing/prediction.js';
import type { RoutingTable } from '../city/routing/routes.js';
import type { Topology } from './topology.js';

export interface ExpectedRoute {
  /** Of either family, as `ip route` writes it: a single address without its length. */
  readonly prefix: string;
  /** The device that packets leave by; several, sorted, where ways are of equal worth. */
  readonly devices: readonly string[];
}

/** Every route that a router should have learnt, in the order of the plan. */
export const expectedRoutes = (topology: Topology, prediction: Prediction, router: ElementNumber): readonly ExpectedRoute[] =>
  destinationsOf(topology, prediction).flatMap(({ prefixes, table }) => {
    const links = table.get(router)?.links ?? [];
    const devices = links.map(linkName).toSorted();
    return devices.length === 0 ? [] : prefixes.map(prefix => ({ prefix, devices }));
  });

const both = ({ v4, v6 }: Address | Prefix): readonly string[] => [v4, v6];

interface Reached {
  readonly prefixes: readonly string[];
  readonly table: RoutingTable;
}

function destinationsOf({ city, plan }: Topology, { toService, toOwn }: Prediction): readonly Reached[] {
  const speakers = [...city.sites, ...city.aggregations, ...city.externals];
  return [
    ...city.systems.map(({ number, state }) => ({ prefixes: both(plan.service(number)), table: toService(state) })),
    ...city.endpoints.map(({ number, aggregation }) => ({
      prefixes: ENDPOINT_SEGMENTS.flatMap(segment => both(plan.segment(number, segment))),
      table: toOwn('endpoints', aggregation),
    })),
    ...city.sites.map(({ number }) => ({ prefixes: both(plan.lan(number)), table: toOwn('lans', number) })),
    ...city.externals.map(({ number, prefixes }) => ({ prefixes, table: toOwn('externals', number) })),
    ...speakers.map(({ number }) => ({ prefixes: both(plan.loopback(number)), table: toOwn('loopbacks', number) })),
  ];
}
