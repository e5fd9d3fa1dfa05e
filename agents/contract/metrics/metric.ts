/** One row of the table of metrics. */
export interface Metric {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly unit: 'seconds' | 'bytes' | 'ratio' | 'celsius' | 'info' | 'boolean' | 'state' | 'count';
  readonly help: string;
  /** Labels that the program itself sets. */
  readonly labels: readonly string[];
  /** Labels that the scrape of it adds, when it is scraped and not pushed. */
  readonly scraped?: readonly string[];
}

/** A row of what others' programs export: whose it is. */
export interface ForeignMetric extends Metric {
  readonly from: 'Prometheus' | 'blackbox exporter' | 'Patroni' | 'etcd' | 'HAProxy';
}
