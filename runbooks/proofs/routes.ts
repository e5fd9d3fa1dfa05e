/** `citydc check --against-lab routes`: every predicted route against the kernels of the running city, whole and while lines are cut. */

import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { WorldError } from '../../infra/city/problem.js';
import type { Failure } from '../../infra/city/routing/failure.js';
import { predictorOf } from '../../infra/city/routing/prediction.js';
import { differences, type Exec, type RouteDifference, readRoutes } from '../../infra/fabric/compare-routes.js';
import type { Fabric } from '../../infra/fabric/fabric.js';
import { type ExpectedRoute, expectedRoutes } from '../../infra/site/expected-routes.js';
import { speaksBgp } from '../../infra/site/programs/frr.js';
import type { Topology } from '../../infra/site/topology.js';
import { type CutCase, cutsToTry } from './cuts-to-try.js';

const AT_ONCE = 4;
const EXEC_TIMEOUT_MS = 15_000;
const ROUND_PAUSE_MS = 200;
/** A service that comes back has a hold-down of half a minute; all else converges in seconds. */
const DEADLINE_MS = 60_000;
/** The fabric heals a cut by itself when this process dies. */
const HEAL_AFTER_SECONDS = 120;

/** One state of the network. */
export interface Comparison {
  /** Names of the elements that are cut; none in the base case. */
  readonly down: readonly string[];
  /** Next hops that were compared: every predicted one, of every router, in both families. */
  readonly nextHops: number;
  /** Those that still differed at the deadline. */
  readonly differences: readonly RouteDifference[];
  /** From the cut until everything was as predicted, or until the deadline. */
  readonly seconds: number;
}

export interface Options {
  readonly cuts: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Compares predicted routes with those of the running city, in the base case and in each drawn cut, one after the other.
 *
 * @throws {WorldError} when a fault is active already, or a host cannot be read
 */
export async function compareRoutes(topology: Topology, fabric: Fabric, options: Options): Promise<readonly Comparison[]> {
  await refuseFaults(fabric);
  const predict = predictorOf(topology.city);
  const found: Comparison[] = [];
  const cuts: readonly CutCase[] = [{ elements: [], links: [] }, ...cutsToTry(topology.city, options.cuts, options.seed)];
  for (const cut of cuts) {
    const failure: Failure = { nodes: new Set(), links: new Set(cut.links) };
    const prediction = predict(failure);
    const routers = topology.machines
      .filter(speaksBgp)
      .map(({ name, node }) => ({ host: name, routes: expectedRoutes(topology, prediction, node.number) }));
    options.progress(`routes as predicted: case ${found.length + 1}/${cuts.length}`);
    found.push(await whileCut(fabric, cut, () => compare(fabric, cut, routers, options.signal)));
  }
  return found;
}

async function refuseFaults(fabric: Fabric): Promise<void> {
  const [fault] = await fabric.faults();
  if (fault !== undefined)
    throw new WorldError(`a fault is active (${fault.id}), so the base case cannot be compared`, {
      hint: 'run `citydc fault heal` first',
    });
}

/** The cut is undone on every way out. */
async function whileCut<T>(fabric: Fabric, { links }: CutCase, work: () => Promise<T>): Promise<T> {
  if (links.length === 0) return work();
  const { id } = await fabric.inject({ do: 'cut', links }, { by: 'check --against-lab', healAfterSeconds: HEAL_AFTER_SECONDS });
  try {
    return await work();
  } finally {
    await fabric.heal([id]);
  }
}

interface Router {
  readonly host: string;
  readonly routes: readonly ExpectedRoute[];
}

/** Compares until nothing differs, and once more with all routers; what differs at the deadline is reported. */
async function compare(fabric: Fabric, { elements }: CutCase, routers: readonly Router[], signal: AbortSignal): Promise<Comparison> {
  const startedAt = performance.now();
  const limit = pLimit(AT_ONCE);
  const exec: Exec = (host, command) => fabric.exec(host, command, { timeoutMs: EXEC_TIMEOUT_MS, signal });
  const ask = async (asked: readonly Router[]) =>
    (await Promise.all(asked.map(({ host, routes }) => limit(async () => differences(host, routes, await readRoutes(exec, host)))))).flat();
  for (let asked = routers; ; ) {
    const differing = await ask(asked);
    const late = performance.now() - startedAt > DEADLINE_MS;
    if (asked === routers && (late || differing.length === 0)) {
      const nextHops = routers.flatMap(({ routes }) => routes.map(({ devices }) => devices.length)).reduce((sum, count) => sum + count, 0);
      return { down: elements, nextHops, differences: differing, seconds: (performance.now() - startedAt) / 1000 };
    }
    const hosts = new Set(differing.map(({ host }) => host));
    asked = late || differing.length === 0 ? routers : routers.filter(({ host }) => hosts.has(host));
    if (differing.length > 0) await pause(ROUND_PAUSE_MS, undefined, { signal });
  }
}
