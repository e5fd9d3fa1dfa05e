/** The sentinels of a run: they measure the machine for as long as clients measure the city. */

import type { SentinelReading } from '../../agents/contract/sentinel.js';
import type { Fabric } from '../../infra/fabric/fabric.js';
import { startSentinel, type Watch, worstLateness } from '../../infra/fabric/sentinels.js';
import type { DrillPlan } from './drill.js';

export interface Sentinels {
  /** Those that do not measure yet, for a person. */
  waiting(): readonly string[];
  /** Those that ended too early, and why. A machine that refuses a priority is not among the reasons. */
  gone(): readonly { readonly host: string; readonly why: string }[];
  /** Lateness over a limit, once a sentinel, for a person. */
  news(): readonly string[];
  /** Ends all of them. @returns the output of each, by its host */
  end(): Promise<ReadonlyMap<string, string>>;
}

/** Starts a run's sentinels. They end with the caller: their input closes. */
export function startSentinels(fabric: Fabric, run: string, { sentinels = [], limits }: DrillPlan): Sentinels {
  const watches = sentinels.map(sentinel => startSentinel(fabric, sentinel, run, limits.clientSeconds));
  const reported = new Set<string>();
  return {
    waiting: () => watches.filter(watch => !hasSpoken(watch.read())).map(({ sentinel }) => `the sentinel in ${sentinel.host} is not up`),
    gone: () =>
      watches.flatMap(watch => {
        const { failed: why } = watch.read();
        return why === undefined ? [] : [{ host: watch.sentinel.host, why }];
      }),
    news: () =>
      watches.flatMap(watch => {
        const words = newsOf(watch);
        if (words === undefined || reported.has(watch.sentinel.host)) return [];
        reported.add(watch.sentinel.host);
        return [words];
      }),
    end: async () => {
      await Promise.all(watches.map(watch => watch.end()));
      return new Map(watches.map(watch => [watch.sentinel.host, watch.text()]));
    },
  };
}

const hasSpoken = ({ stretches, refused, failed }: SentinelReading): boolean =>
  stretches.length > 0 || refused !== undefined || failed !== undefined;

function newsOf(watch: Watch): string | undefined {
  const { kind, host, limitMs } = watch.sentinel;
  const worst = worstLateness(watch.read());
  if (worst === undefined || worst.lateMs <= limitMs) return undefined;
  return `the machine was late by ${worst.lateMs} ms (${kind}, ${host}; at most ${limitMs} ms): what is measured meanwhile says nothing about the city`;
}
