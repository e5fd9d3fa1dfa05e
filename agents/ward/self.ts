/** What the agent says of itself. */

import { readFileSync } from 'node:fs';
import type { SiteClock } from './clock.js';
import type { Disk } from './disk.js';
import type { Metrics } from './metrics.js';
import { VERSION } from './version.js';

export interface SelfUse {
  /** Its own, and that of the processes that it ran. */
  readonly cpuSeconds: number;
  /** VmRSS; undefined where there is no /proc. */
  readonly residentBytes: number | undefined;
  /** RssAnon. */
  readonly anonymousBytes: number | undefined;
}

/** A function that brings the agent's own metrics up to date: they are looked up when they are read. */
export function ownMetrics(metrics: Metrics, clock: SiteClock, disk: Disk, look: () => SelfUse = selfUse): () => void {
  const cpuSeconds = counted(by => metrics.count('citydc_agent_cpu_seconds_total', {}, by));
  const diskErrors = counted(by => metrics.count('citydc_agent_disk_errors_total', {}, by));
  metrics.put('citydc_agent_info', { version: VERSION }, 1);
  return () => {
    const use = look();
    cpuSeconds(use.cpuSeconds);
    diskErrors(disk.errors());
    metrics.put('citydc_agent_start_time_seconds', {}, clock.startMs() / 1000);
    metrics.put('citydc_agent_resident_memory_bytes', {}, use.residentBytes);
    metrics.put('citydc_agent_anonymous_memory_bytes', {}, use.anonymousBytes);
  };
}

/** Counts what a total has grown by since it was last reported. */
function counted(count: (by: number) => void): (total: number) => void {
  let before = 0;
  return total => {
    count(total - before);
    before = total;
  };
}

export function selfUse(): SelfUse {
  const { user, system } = process.cpuUsage();
  const status = readOwn('status');
  return {
    cpuSeconds: (user + system) / 1e6 + childrensSeconds(readOwn('stat')),
    residentBytes: bytesOf(status, 'VmRSS'),
    anonymousBytes: bytesOf(status, 'RssAnon'),
  };
}

/** Empty where there is no /proc. */
function readOwn(file: string): string {
  try {
    return readFileSync(`/proc/self/${file}`, 'utf8'); // the kernel makes it in memory: it does not block
  } catch {
    return '';
  }
}

/** Of `stat`, cutime and cstime: what ended children have used. Linux counts them in hundredths of a second (proc(5)). */
function childrensSeconds(stat: string): number {
  // The second field is the program's name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
}

function bytesOf(status: string, field: string): number | undefined {
  const [, kilobytes] = new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
