/** Numbers of routes on AWS. Pure. */

import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../city/identity.js';
import type { City } from '../../city/model.js';
import { AWS_ROLES } from './names.js';

/** Routes that a VPN takes from a router. @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html */
export const ROUTES_A_VPN = 1000;

/**
 * Routes that a transit virtual interface takes from a router: with one more, AWS ends the BGP session.
 *
 * @see https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html
 */
export const ROUTES_A_CIRCUIT = 100;

/** Routes that a node announces over its line: each segment of each office behind it, and its own loopback. IPv4 only, as the VPNs are. */
export const routesOver = ({ endpoints, externals }: Pick<City, 'endpoints' | 'externals'>, node: number): number =>
  (externals.find(({ number }) => number === node)?.prefixes.length ?? 0) +
  ENDPOINT_SEGMENTS.length * endpoints.filter(({ aggregation }) => aggregation === node).length +
  1;

/** Routes in the fullest route table, the sites': all that nodes announce, and the sites' own. */
export const fullestTable = (city: Pick<City, 'endpoints' | 'externals' | 'aggregations'>): number => {
  const prefixes = city.externals.reduce((sum, external) => sum + external.prefixes.length, 0);
  return ENDPOINT_SEGMENTS.length * city.endpoints.length + city.aggregations.length + city.externals.length + prefixes + AWS_ROLES.length;
};

/** Segments whose hosts reach beyond their site; the data subnets have no route out. */
export const LEAVING_SEGMENTS = SITE_SEGMENTS.filter(segment => segment !== 'data');
