/** What the agent knows now, as metrics: names, helps and labels from the one table. */

import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';
import { OURS, type OurMetric } from '../contract/metrics/ours.js';

type Subject = 'agent' | 'path' | 'system' | 'target' | 'probe' | 'pc' | 'equipment';
type WardMetric = Extract<OurMetric, `citydc_${Subject}_${string}`>;
export type WardGauge = { [N in WardMetric]: (typeof OURS)[N]['type'] extends 'gauge' ? N : never }[WardMetric];
export type WardCounter = Exclude<WardMetric, WardGauge>;
/** The labels of a metric that are not the same for the whole agent. */
export type LabelsOf<N extends WardMetric> = Readonly<Record<Exclude<(typeof OURS)[N]['labels'][number], 'endpoint'>, string>>;

export interface Metrics {
  /** Sets a gauge; without a value its series is absent from now on. */
  put<N extends WardGauge>(name: N, labels: LabelsOf<N>, value: number | undefined): void;
  /** Counts up; by 0 to show a counter that has counted nothing. */
  count<N extends WardCounter>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** Every series that has a value. */
  series(): Promise<readonly Series[]>;
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const WARD_METRIC = /^citydc_(agent|path|system|target|probe|pc|equipment)_/;
export const WARD_METRICS = (Object.keys(OURS) as OurMetric[]).filter((name): name is WardMetric => WARD_METRIC.test(name));

/** An empty registry of the agent of one endpoint. */
export function wardMetrics(endpoint: string): Metrics {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  const counters = new Map<string, Counter>();
  for (const name of WARD_METRICS) {
    const row = { name, help: OURS[name].help, labelNames: OURS[name].labels, registers: [registry] };
    if (OURS[name].type === 'gauge') gauges.set(name, new Gauge(row));
    else counters.set(name, new Counter(row));
  }
  return {
    put: (name, labels, value) => {
      if (value === undefined) gauges.get(name)?.remove({ endpoint, ...labels });
      else gauges.get(name)?.set({ endpoint, ...labels }, value);
    },
    count: (name, labels, by = 1) => counters.get(name)?.inc({ endpoint, ...labels }, by),
    series: async () => (await registry.getMetricsAsJSON()).flatMap(({ name, values }) => values.map(value => seriesOf(name, value))),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

const seriesOf = (name: string, { labels, value }: { labels: Partial<Record<string, string | number>>; value: number }): Series => ({
  name,
  labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
  value,
});
