/** The announcer's kernel routes as data: what is there, what is wanted, and the `ip -batch` lines between the two. Pure. */

import * as z from 'zod/mini';
import { ANNOUNCEMENT_METRICS, ANNOUNCER_PROTOCOL } from '../contract/announcer.js';
import type { BothAddresses } from '../contract/configuration.js';
import { parseJson } from '../contract/json.js';

export interface Route {
  /** Of either family, without a prefix length: every one is a single address. */
  readonly address: string;
  readonly metric: number;
  /** Next hops, sorted. */
  readonly via: readonly string[];
}

/** The wanted routes of an announced service: one a family, and never one without the other. */
export const routesOf = (
  address: BothAddresses,
  announcement: keyof typeof ANNOUNCEMENT_METRICS,
  edges: readonly BothAddresses[],
): readonly Route[] =>
  (['v4', 'v6'] as const).map(family => ({
    address: address[family],
    metric: ANNOUNCEMENT_METRICS[announcement],
    via: edges.map(edge => edge[family]).sort(),
  }));

const gateway = z.optional(z.string());
const listed = z.array(
  z.object({ dst: z.string(), metric: z.optional(z.number()), gateway, nexthops: z.optional(z.array(z.object({ gateway }))) }),
);

/** Routes from the text of `ip -j route show`, of either family. @throws when it is not such a list */
export function parseRoutes(json: string): readonly Route[] {
  const routes = parseJson(listed, json || '[]');
  if (!routes.ok) throw new Error(`the kernel's routes cannot be read: ${routes.problems.join('; ')}`);
  return routes.value.map(({ dst, metric = 0, gateway, nexthops = [{ gateway }] }) => ({
    address: dst.replace(/\/(32|128)$/, ''),
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

const slot = ({ address, metric }: Route): string => `${address} proto ${ANNOUNCER_PROTOCOL} metric ${metric}`;

const hops = ({ via }: Route): string => (via.length === 1 ? `via ${via[0]}` : via.map(hop => `nexthop via ${hop}`).join(' '));

/** The kernel distinguishes routes by destination and metric. */
const sameSlot = (one: Route, other: Route): boolean => one.address === other.address && one.metric === other.metric;

const same = (one: Route, other: Route): boolean => sameSlot(one, other) && one.via.join() === other.via.join();
