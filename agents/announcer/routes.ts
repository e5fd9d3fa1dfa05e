/** The announcer's kernel routes as data: what is there, what is wanted, and the `ip -batch` lines between the two. Pure. */

import { ANNOUNCEMENT_METRICS, ANNOUNCER_PROTOCOL } from '../contract/announcer.js';

export interface Route {
  /** Without a prefix length: every one is a /32. */
  readonly address: string;
  readonly metric: number;
  /** Next hops, sorted. */
  readonly via: readonly string[];
}

/** The wanted route of an announced service. */
export const routeOf = (address: string, announcement: keyof typeof ANNOUNCEMENT_METRICS, edges: readonly string[]): Route => ({
  address,
  metric: ANNOUNCEMENT_METRICS[announcement],
  via: [...edges].sort(),
});

interface ListedRoute {
  readonly dst: string;
  readonly metric?: number;
  readonly gateway?: string;
  readonly nexthops?: readonly { readonly gateway?: string }[];
}

/** Routes from the text of `ip -j route show`. @throws {SyntaxError} when it is not JSON */
export function parseRoutes(json: string): readonly Route[] {
  const listed = JSON.parse(json === '' ? '[]' : json) as readonly ListedRoute[];
  return listed.map(({ dst, metric = 0, gateway, nexthops = [{ ...(gateway && { gateway }) }] }) => ({
    address: dst.replace(/\/32$/, ''),
    metric,
    via: nexthops.flatMap(hop => hop.gateway ?? []).sort(),
  }));
}

/** Lines that turn `current` into `wanted`: what is new first, so that a switch never leaves a moment without a route. */
export function batch(current: readonly Route[], wanted: readonly Route[]): readonly string[] {
  const added = wanted.filter(route => !current.some(other => same(route, other)));
  const removed = current.filter(route => !wanted.some(other => sameSlot(route, other)));
  return [...added.map(route => `route replace ${slot(route)} ${hops(route)}`), ...removed.map(route => `route del ${slot(route)}`)];
}

const slot = ({ address, metric }: Route): string => `${address}/32 proto ${ANNOUNCER_PROTOCOL} metric ${metric}`;

const hops = ({ via }: Route): string => (via.length === 1 ? `via ${via[0]}` : via.map(hop => `nexthop via ${hop}`).join(' '));

/** The kernel tells routes apart by destination and metric. */
const sameSlot = (one: Route, other: Route): boolean => one.address === other.address && one.metric === other.metric;

const same = (one: Route, other: Route): boolean => sameSlot(one, other) && one.via.join() === other.via.join();
