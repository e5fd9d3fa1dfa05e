/** What the last second was like, one line a second. */

import type { LiveCounts, LiveLine, ProbedSystem } from '../../contract/canary.js';
import type { ClassifiedRequest } from './classify.js';

export interface Live {
  count(system: string, classified: ClassifiedRequest, doneAtMs: number): void;
  skip(system: string): void;
  /** The line of the second that ends now, and a fresh start. */
  take(atMs: number): LiveLine;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function liveCounts(systems: readonly Pick<ProbedSystem, 'key'>[]): Live {
  const counts = new Map<string, Mutable<LiveCounts>>(systems.map(({ key }) => [key, { ok: 0, fail: 0, unknown: 0, skipped: 0 }]));
  const of = (system: string): Mutable<LiveCounts> => counts.get(system) ?? { ok: 0, fail: 0, unknown: 0, skipped: 0 };
  return {
    count: (system, { outcome, site }, doneAtMs) => {
      const entry = of(system);
      entry[outcome] += 1;
      if (outcome !== 'ok') return;
      entry.lastOkMs = doneAtMs;
      if (site !== undefined) entry.site = site;
    },
    skip: system => {
      of(system).skipped += 1;
    },
    take: atMs => {
      const line = { atMs, systems: Object.fromEntries([...counts].map(([key, entry]) => [key, { ...entry }])) };
      for (const entry of counts.values()) Object.assign(entry, { ok: 0, fail: 0, unknown: 0, skipped: 0 });
      return line;
    },
  };
}
