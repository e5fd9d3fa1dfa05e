import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lateness } from '../../agents/contract/sentinel.js';
import { machinesOf, type Topology } from '../site/topology.js';
import type { Fabric } from './fabric.js';
import { type Sentinel, sentinelsOf, startSentinel, type Watch, worstLateness } from './sentinels.js';

const MAX_SECONDS = 3600;
/** A Docker host that does not answer must not keep anybody waiting. */
const PATIENCE_MS = 3000;

/** The machine was later than clients can do with. */
export interface LateMachine extends Lateness {
  readonly host: string;
  readonly limitMs: number;
}

export interface Watched<T> {
  readonly result: T;
  /** Undefined when it was on time, and also when nobody could tell. */
  readonly machine: LateMachine | undefined;
}

/**
 * Does something while sentinels watch the machines that the city runs on, with its clients' own priority.
 *
 * @param isWell what is well needs no excuse; else the sentinels are given a moment to have something to say
 */
export async function whileWatched<T>(
  topology: Topology,
  fabric: Fabric,
  work: () => Promise<T>,
  isWell: (result: T) => boolean,
): Promise<Watched<T>> {
  const watches = sentinelsFor(topology, fabric).map(sentinel => startSentinel(fabric, sentinel, `look-${randomUUID()}`, MAX_SECONDS));
  const end = () => patiently(watches.map(watch => watch.end()));
  try {
    const result = await work();
    if (!isWell(result)) await patiently(watches.map(({ spoken }) => spoken));
    await end(); // their last words count
    return { result, machine: latest(watches) };
  } finally {
    await end();
  }
}

/** In the first office, as the question whether services answer. */
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

/** For people. @param meanwhile as `while this looked` @param what as `what follows` */
export const lateMachineWords = ({ lateMs }: LateMachine, meanwhile: string, what: string): string =>
  `late by up to ${lateMs} ms ${meanwhile}: ${what} may be the machine's doing, not the city's`;
