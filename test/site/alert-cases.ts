import { parse, stringify } from 'yaml';
import { alertRules } from '../../dashboards/alerts.js';
import type { City } from '../../infra/city/model.js';

/** A quarter of an hour of samples, five seconds apart, and whether an alert is firing at its end. */
interface AlertCase {
  readonly alert: string;
  readonly what: string;
  readonly series: Readonly<Record<string, string>>;
  readonly fires: boolean;
}

const patroni = (metric: string, host: string): string =>
  `${metric}{job="patroni", scope="city", host="${host}", site="${host.split('-')[0]}", instance="${host}:8008"}`;
const standby = (host: string): string => patroni('patroni_sync_standby', host);
const primary = (host: string): string => patroni('patroni_primary', host);
const etcd = (site: string): string => `up{job="etcd", host="${site}-etcd1", site="${site}", instance="${site}-etcd1:2379"}`;

/** Promtool's notation: a value and how many times it is repeated. */
const always = (value: number): string => `${value}x180`;
const turned = (from: number, to: number): string => `${from}x90 ${to}x90`;
/** The target is gone: its samples end with a staleness marker. */
const ends = (value: number): string => `${value}x90 stale`;

/** One writer at s1; who of the standbys is synchronous is each case's. */
const cluster = (second: string, backup: string): AlertCase['series'] => ({
  [standby('s1-database1')]: always(0),
  [standby('s1-database2')]: second,
  [standby('s2-database1')]: backup,
  [primary('s1-database1')]: always(1),
  [primary('s1-database2')]: always(0),
  [primary('s2-database1')]: always(0),
});
/** The writer is at the backup site, after a site loss. */
const failedOver = (value: string): AlertCase['series'] => ({ [standby('s2-database1')]: always(0), [primary('s2-database1')]: value });
const votes = (...values: readonly string[]): AlertCase['series'] =>
  Object.fromEntries(values.map((value, index) => [etcd(`s${index + 1}`), value]));

export const ALERT_CASES: readonly AlertCase[] = [
  { alert: 'WritesOnOneCopy', what: 'is silent while standbys are synchronous', series: cluster(always(1), always(1)), fires: false },
  { alert: 'WritesOnOneCopy', what: 'is silent while one of them is', series: cluster(always(0), always(1)), fires: false },
  { alert: 'WritesOnOneCopy', what: 'fires when the last one is gone', series: cluster(turned(1, 0), turned(1, 0)), fires: true },
  { alert: 'WritesOnOneCopy', what: 'recovers', series: cluster(turned(0, 1), turned(0, 1)), fires: false },
  { alert: 'WritesOnOneCopy', what: 'fires when nobody answers any more', series: cluster(ends(1), ends(1)), fires: true },
  { alert: 'WritesOnOneCopy', what: 'fires without any data', series: {}, fires: true },
  { alert: 'BackupNotSynchronous', what: 'is silent while the backup is synchronous', series: cluster(always(0), always(1)), fires: false },
  {
    alert: 'BackupNotSynchronous',
    what: 'fires when only the primary keeps copies',
    series: cluster(always(1), turned(1, 0)),
    fires: true,
  },
  { alert: 'BackupNotSynchronous', what: 'recovers', series: cluster(always(1), turned(0, 1)), fires: false },
  { alert: 'BackupNotSynchronous', what: 'is silent while the backup itself is the writer', series: failedOver(always(1)), fires: false },
  { alert: 'BackupNotSynchronous', what: 'fires when the backup stops being the writer', series: failedOver(turned(1, 0)), fires: true },
  { alert: 'BackupNotSynchronous', what: 'fires when the backup does not answer', series: cluster(always(1), ends(1)), fires: true },
  { alert: 'BackupNotSynchronous', what: 'fires without any data', series: {}, fires: true },
  { alert: 'NoSpareVote', what: 'is silent with all three', series: votes(always(1), always(1), always(1)), fires: false },
  { alert: 'NoSpareVote', what: 'fires when one is down', series: votes(always(1), always(1), turned(1, 0)), fires: true },
  { alert: 'NoSpareVote', what: 'recovers', series: votes(always(1), always(1), turned(0, 1)), fires: false },
  { alert: 'NoSpareVote', what: 'fires when one is no longer asked', series: votes(always(1), always(1), ends(1)), fires: true },
  { alert: 'NoSpareVote', what: 'fires without any data', series: {}, fires: true },
];

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A case as a file for `promtool test rules`, beside the host's own rules. */
export function alertTest(city: City, { alert, series, fires }: AlertCase): string {
  const { groups } = parse(alertRules(city)) as { groups: readonly { rules: readonly Rule[] }[] };
  const rule = groups.flatMap(({ rules }) => rules).find(candidate => candidate.alert === alert);
  if (rule === undefined) throw new Error(`there is no alert ${alert}`);
  return stringify({
    rule_files: ['/etc/prometheus/rules.yml'],
    evaluation_interval: '5s',
    tests: [
      {
        interval: '5s',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [
          { eval_time: '15m', alertname: alert, exp_alerts: fires ? [{ exp_labels: rule.labels, exp_annotations: rule.annotations }] : [] },
        ],
      },
    ],
  });
}
