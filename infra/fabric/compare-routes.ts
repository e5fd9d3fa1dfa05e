/** The BGP routes in a router's kernel, compared with what the model predicts. */

import * as z from 'zod/mini';
import { readJson } from '../city/json.js';
import type { ExpectedRoute } from '../site/expected-routes.js';
import type { ExecResult } from './fabric.js';

/** A command inside a host. */
export type Exec = (host: string, command: readonly string[]) => Promise<ExecResult>;

/** A prefix whose next hops are not the predicted ones. */
export interface RouteDifference {
  readonly host: string;
  readonly prefix: string;
  /** Devices in sorted order, joined by `and`; `nowhere` when there is no route. */
  readonly predicted: string;
  readonly found: string;
}

/** All differences of one host. A route that is not predicted is a difference, as is a predicted one that is missing. */
export function differences(host: string, wanted: readonly ExpectedRoute[], installed: readonly KernelRoute[]): readonly RouteDifference[] {
  const predicted = new Map(wanted.map(({ prefix, devices }) => [prefix, devices.join(' and ')]));
  const found = new Map(installed.map(route => [route.dst, devicesOf(route)]));
  return [...new Set([...predicted.keys(), ...found.keys()])]
    .map(prefix => ({ host, prefix, predicted: predicted.get(prefix) ?? NOWHERE, found: found.get(prefix) ?? NOWHERE }))
    .filter(route => route.found !== route.predicted);
}
const NOWHERE = 'nowhere';

const hop = z.object({ dev: z.string() });
const kernelRoute = z.object({ dst: z.string(), dev: z.optional(z.string()), nexthops: z.optional(z.array(hop)) });
/** A route as `ip -j route` prints it, as far as it is read. */
export type KernelRoute = z.infer<typeof kernelRoute>;
const devicesOf = ({ dev, nexthops }: KernelRoute): string => (nexthops?.map(hop => hop.dev) ?? [dev ?? NOWHERE]).toSorted().join(' and ');

/** A shell command that prints the routes of both families as JSON. Prefixes have the form that `expectedRoutes` uses. */
export const READ_ROUTES = 'for family in -4 -6; do echo ----; ip $family -j route show proto bgp; done';
/** The routes in the two JSON texts that {@link READ_ROUTES} prints. @throws {WorldError} when one is no list of routes */
export const kernelRoutes = (families: readonly string[]): readonly KernelRoute[] =>
  families.flatMap(family => readJson(z.array(kernelRoute), family || '[]', 'the list of routes'));

/** The BGP routes of a host, of both families. @throws {WorldError} when its output is no list of routes */
export async function readRoutes(exec: Exec, host: string): Promise<readonly KernelRoute[]> {
  const { stdout } = await exec(host, ['sh', '-c', READ_ROUTES]);
  return kernelRoutes(stdout.split('----\n').slice(1));
}
