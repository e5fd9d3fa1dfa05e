/** What a router's kernel has of BGP, held against what is predicted. */

import type { ExpectedRoute } from '../site/expected-routes.js';
import type { ExecResult } from './fabric.js';

/** A command inside a host. */
export type Exec = (host: string, command: readonly string[]) => Promise<ExecResult>;

/** A prefix that does not go where it should. */
export interface RouteDifference {
  readonly host: string;
  readonly prefix: string;
  /** Devices in one order, joined by `and`; `nowhere` when there is no route. */
  readonly predicted: string;
  readonly found: string;
}

/** Next hops are compared both ways: one that nothing predicts is a difference, too. */
export function differences(host: string, wanted: readonly ExpectedRoute[], installed: readonly KernelRoute[]): readonly RouteDifference[] {
  const predicted = new Map(wanted.map(({ prefix, devices }) => [prefix, devices.join(' and ')]));
  const found = new Map(installed.map(route => [route.dst, devicesOf(route)]));
  return [...new Set([...predicted.keys(), ...found.keys()])]
    .map(prefix => ({ host, prefix, predicted: predicted.get(prefix) ?? NOWHERE, found: found.get(prefix) ?? NOWHERE }))
    .filter(route => route.found !== route.predicted);
}
const NOWHERE = 'nowhere';

/** Of `ip -j route`. */
export interface KernelRoute {
  readonly dst: string;
  readonly dev?: string;
  readonly nexthops?: readonly { readonly dev: string }[];
}
const devicesOf = ({ dev, nexthops }: KernelRoute): string => (nexthops?.map(hop => hop.dev) ?? [dev ?? NOWHERE]).toSorted().join(' and ');

/** Both families. Prefixes are written as `expectedRoutes` writes them. */
export const READ_ROUTES = 'for family in -4 -6; do echo ----; ip $family -j route show proto bgp; done';
export const kernelRoutes = (families: readonly string[]): readonly KernelRoute[] =>
  families.flatMap(family => JSON.parse(family || '[]') as readonly KernelRoute[]);

/** @throws {SyntaxError} when the host answers with something else */
export async function readRoutes(exec: Exec, host: string): Promise<readonly KernelRoute[]> {
  const { stdout } = await exec(host, ['sh', '-c', READ_ROUTES]);
  return kernelRoutes(stdout.split('----\n').slice(1));
}
