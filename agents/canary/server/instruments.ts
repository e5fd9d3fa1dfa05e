/** A system's own metrics. Few series: a city in the lab has thirty of these. */

import { Counter, Histogram, Registry } from 'prom-client';
import { OURS } from '../../contract/metrics/ours.js';

export interface Instruments {
  count(outcome: string, seconds: number): void;
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

const REQUESTS = 'citydc_canary_requests_total';
const DURATION = 'citydc_canary_request_duration_seconds';

export function instruments(system: string): Instruments {
  const registry = new Registry();
  const requests = new Counter({
    name: REQUESTS,
    help: OURS[REQUESTS].help,
    labelNames: OURS[REQUESTS].labels,
    registers: [registry],
  });
  const duration = new Histogram({
    name: DURATION,
    help: OURS[DURATION].help,
    labelNames: OURS[DURATION].labels,
    buckets: [0.005, 0.025, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  return {
    count: (outcome, seconds) => {
      requests.inc({ system, outcome });
      duration.observe({ system }, seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
