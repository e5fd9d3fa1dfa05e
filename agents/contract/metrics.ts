/** Metrics that our own programs export. Programs, rules, dashboards and runbooks name them only through this table. */

interface Metric {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly unit: 'seconds' | 'ratio' | 'info' | 'boolean' | 'count';
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRICS = {
  citydc_canary_requests_total: {
    type: 'counter',
    unit: 'count',
    help: 'Requests that the canary answered, by what it said of them: ok, fail or unknown.',
    labels: ['system', 'outcome'],
  },
  citydc_canary_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from a whole request to its answer, commit and read-back included.',
    labels: ['system'],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
