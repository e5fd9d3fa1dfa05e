/** What the parts of one office's agent share. */

import type { WardConfiguration } from '../contract/ward.js';
import { type Cadences, cadencesOf } from './cadences.js';
import { type Clocks, type SiteClock, siteClock } from './clock.js';
import type { CpuTimes } from './collectors/collector.js';
import type { Round } from './collectors/round.js';
import type { Disk } from './disk.js';
import type { Log } from './log.js';
import { type Metrics, wardMetrics } from './metrics.js';
import type { Sent } from './push/staleness.js';
import { type Cadence, type Repeating, repeat } from './schedule.js';
import type { ReportTrouble } from './troubles.js';

/** What an agent needs of the world. It outlives a change of configuration. */
export interface WardWorld extends Clocks {
  readonly log: Log;
  readonly report: ReportTrouble;
  readonly disk: Disk;
  /** What each receiver may still hold as living, by its URL. */
  readonly sent: Map<string, Sent>;
  /** One round of all collectors. Never throws. */
  round(cpuBefore: CpuTimes | undefined): Promise<Round>;
  /** Takes an error in the program. */
  bug(error: unknown): void;
}

export interface WardParts {
  readonly configuration: WardConfiguration;
  readonly world: WardWorld;
  readonly metrics: Metrics;
  readonly clock: SiteClock;
  readonly cadences: Cadences;
  /** Repeats a job until the end. */
  start(cadence: Cadence, run: () => Promise<void>): Repeating;
  /** Has something called at the end. */
  atEnd(end: () => void): void;
}

/** The parts for a configuration, and the function that ends all that was started with them. */
export function partsOf(configuration: WardConfiguration, world: WardWorld): { readonly parts: WardParts; end(): void } {
  const ends: (() => void)[] = [];
  const atEnd = (end: () => void): void => void ends.push(end);
  const start = (cadence: Cadence, run: () => Promise<void>): Repeating => {
    const repeating = repeat(cadence, run, world.nowMs, world.bug);
    atEnd(repeating.stop);
    return repeating;
  };
  const metrics = wardMetrics(configuration.endpoint);
  const parts = { configuration, world, metrics, clock: siteClock(world), cadences: cadencesOf(configuration), start, atEnd };
  return {
    parts,
    end: () => {
      for (const end of ends.splice(0)) end();
    },
  };
}
