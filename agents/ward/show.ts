/** What probes saw, as metrics. */

import type { SiteClock } from './clock.js';
import type { Metrics, WardCounter } from './metrics.js';
import { type Echo, qualityOf, quickest } from './probes/burst.js';
import { BURST_DATAGRAMS } from './probes/path.js';
import type { SystemResult } from './probes/system.js';
import type { TargetResult } from './probes/target.js';
import type { ReportTrouble } from './troubles.js';

const FAILURES = 'citydc_probe_failures_total' satisfies WardCounter;

export interface Show {
  path(site: string, answers: readonly Echo[]): void;
  system(system: string, result: SystemResult): void;
  target(target: string, result: TargetResult): void;
}

/** Shows results; counters are there from the start. */
export function show(metrics: Metrics, clock: SiteClock, report: ReportTrouble): Show {
  const failed = (probe: 'path' | 'system' | 'target', subject: string, trouble: string | undefined): void => {
    metrics.count(FAILURES, { probe }, trouble === undefined ? 0 : 1);
    report(`${probe} ${subject}`, trouble);
  };
  for (const probe of ['path', 'system', 'target']) metrics.count(FAILURES, { probe }, 0);
  return {
    path: (site, answers) => {
      showPath(metrics, clock, site, answers);
      failed('path', site, answers.length === 0 ? 'no datagram of a burst came back' : undefined);
    },
    system: (system, { reachable, connectSeconds, responseSeconds, trouble }) => {
      metrics.put('citydc_system_reachable', { system }, reachable ? 1 : 0);
      metrics.put('citydc_system_connect_seconds', { system }, connectSeconds);
      metrics.put('citydc_system_response_seconds', { system }, responseSeconds);
      failed('system', system, trouble);
    },
    target: (target, { reachable, connectSeconds, trouble }) => {
      metrics.put('citydc_target_reachable', { target }, reachable ? 1 : 0);
      metrics.put('citydc_target_connect_seconds', { target }, connectSeconds);
      failed('target', target, trouble);
    },
  };
}

function showPath(metrics: Metrics, clock: SiteClock, site: string, answers: readonly Echo[]): void {
  const { lossRatio, roundTripSeconds, jitterSeconds } = qualityOf(BURST_DATAGRAMS, answers);
  const offsetMs = clock.observe(site, quickest(answers));
  metrics.put('citydc_path_loss_ratio', { site }, lossRatio);
  metrics.put('citydc_path_round_trip_seconds', { site }, roundTripSeconds);
  metrics.put('citydc_path_jitter_seconds', { site }, jitterSeconds);
  metrics.put('citydc_agent_clock_offset_seconds', { site }, offsetMs === undefined ? undefined : offsetMs / 1000);
  metrics.count('citydc_path_sent_total', { site }, BURST_DATAGRAMS);
  metrics.count('citydc_path_received_total', { site }, answers.length);
}
