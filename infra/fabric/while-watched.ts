import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lateness } from '../../agents/contract/sentinel.js';
import { machinesOf, type Topology } from '../site/topology.js';
import type { Fabric } from './fabric.js';
import { type Sentinel, sentinelsOf, startSentinel, type Watch, worstLateness } from './sentinels.js';

const MAX_SECONDS = 3600;
/** How long to wait for sentinels: a Docker host that does not answer must not delay a command. */
const PATIENCE_MS = 3000;

/** A machine that was later than clients tolerate. */
export interface LateMachine extends Lateness {
  readonly host: string;
  readonly limitMs: number;
}

/** A result, and the machine that was late meanwhile. */
export interface Watched<T> {
  readonly result: T;
  /** Undefined when all were on time, and also when that could not be measured. */
  readonly machine: LateMachine | undefined;
}

/**
 * Does something while sentinels measure how late the machines that run the city schedule its clients.
 *
 * @param isHealthy a healthy result needs no explanation; else the sentinels are given a moment to report first
 * @returns the result, and the latest machine if one was later than clients tolerate
 */
export async function whileWatched<T>(
  topology: Topology,
  fabric: Fabric,
  work: () => Promise<T>,
  isHealthy: (result: T) => boolean,
): Promise<Watched<T>> {
  const watches = sentinelsFor(topology, fabric).map(sentinel => startSentinel(fabric, sentinel, `look-${randomUUID()}`, MAX_SECONDS));
  const end = () => patiently(watches.map(watch => watch.end()));
  try {
    const result = await work();
    if (!isHealthy(result)) await patiently(watches.map(({ reported }) => reported));
    await end(); // their last reports count
    return { result, machine: latest(watches) };
  } finally {
    await end();
  }
}

/** In the first office, from which the check of services asks. */
function sentinelsFor(topology: Topology, { kind: target }: Fabric): readonly Sentinel[] {
  const [office] = machinesOf(topology, 'office');
  return office === undefined ? [] : sentinelsOf(topology, target, office.name).filter(({ kind }) => kind === 'clients');
}

async function patiently(promises: readonly Promise<unknown>[]): Promise<void> {
  const enough = new AbortController();
  await Promise.race([Promise.all(promises), pause(PATIENCE_MS, undefined, { signal: enough.signal }).catch(() => undefined)]);
  enough.abort();
}

function latest(watches: readonly Watch[]): LateMachine | undefined {
  const found = watches.flatMap(({ sentinel: { host, limitMs }, read }) => {
    const worst = worstLateness(read());
    return worst === undefined || worst.lateMs <= limitMs ? [] : [{ ...worst, host, limitMs }];
  });
  return found.toSorted((a, b) => b.lateMs - a.lateMs)[0];
}

/** One line for people. @param meanwhile as `while this looked` @param what as `what follows` */
export const lateMachineWords = ({ lateMs }: LateMachine, meanwhile: string, what: string): string =>
  `late by up to ${lateMs} ms ${meanwhile}: the cause of ${what} may be the machine, not the city`;
