/** What fires when, for promtool. Over 300 lines: a case is a line or a few, and they are read side by side. */

import { stringify } from 'yaml';
import type { Alert } from '../../dashboards/rules/alert.js';
import { runbookOf } from '../../dashboards/rules/file.js';
import { NETWORK_ALERTS } from '../../dashboards/rules/network-alerts.js';
import { OFFICE_ALERTS } from '../../dashboards/rules/office-alerts.js';
import { platformAlerts } from '../../dashboards/rules/platform-alerts.js';
import { type City, type Site, siteOf } from '../../infra/city/model.js';
import { smallCity } from './cities.js';

/** Series and their samples every five seconds in promtool's notation; a change comes after 200 s, the judgement after 10 minutes. */
type Series = Readonly<Record<string, string>>;

/** What the monitor at the primary sees, and every alert that fires then; all others must be silent. */
interface AlertCase {
  readonly what: string;
  /** What differs from a city that is healthy. */
  readonly changes: Series;
  readonly fires: readonly Firing[];
  /** Expressions and the one value that each must have. */
  readonly states?: Readonly<Record<string, number>>;
  /** Seconds after the first sample; 600 where absent. */
  readonly atSeconds?: number;
}
interface Firing {
  readonly alert: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
}

const always = (value: number): string => `${value}x120`;
const turned = (from: number, to: number): string => `${from}x39 ${to}x80`;
/** The target is gone: its samples end with a staleness marker. */
const ends = (value: number): string => `${value}x39 stale`;
/** Down for a minute and a half, then healthy again. */
const mended = '1x39 0x17 1x62';
const NEVER = '';

const node = (name: string, kind: string): string => `probe_success{job="node",node="${name}",kind="${kind}",instance="${name}"}`;
const link = (name: string, kind: string, far: string): string =>
  `probe_success{job="link",link="${name}",kind="${kind}",node="${far}",instance="${name}"}`;
const endpoint = (name: string): string => `probe_success{job="endpoint",endpoint="${name}",node="n67",instance="${name}"}`;
const agent = (name: string): string => `citydc_agent_info{endpoint="${name}",version="1"}`;
const equipment = (what: string, kind: string): string => `citydc_equipment_${what}{endpoint="e77",kind="${kind}"}`;
const patroni = (metric: string, host: string): string =>
  `${metric}{job="patroni",scope="city",host="${host}",site="${host.split('-')[0]}",instance="${host}:8008"}`;
const standby = (host: string): string => patroni('patroni_sync_standby', host);
const primary = (host: string): string => patroni('patroni_primary', host);
const etcd = (site: string): string => `up{job="etcd",host="${site}-etcd1",site="${site}",instance="${site}-etcd1:2379"}`;

const RULES_FAILED =
  'prometheus_rule_evaluation_failures_total{job="prometheus",rule_group="states",host="s2-monitor1",site="s2",instance="s2"}';
const CERTIFICATE =
  'citydc_certificate_expiry_time_seconds{job="notices",identity="etcd/s1-etcd1",host="s1-monitor1",site="s1",instance="x"}';
const STARTED = 'citydc:observer_started';
const INTERNET = 'citydc_target_reachable{endpoint="e77",target="internet"}';
const NODES = [node('s2', 'site'), node('s3', 'site'), node('n67', 'aggregation'), node('x64', 'external'), node('x65', 'external')];
const ENDPOINTS = ['e77', 'e160'];
const L1 = link('l1', 'core', 's2');
const L2 = link('l2', 'core', 's2');
const L12 = link('l12', 'uplink', 'n67');
const OTHER_TRUNKS = [link('l3', 'core', 's3'), link('l5', 'core', 'x64'), link('l7', 'core', 'x65')];

const WELL: Series = {
  [STARTED]: always(0),
  ...same(
    [node('s1', 'site'), ...NODES, L1, L2, L12, ...OTHER_TRUNKS, ...ENDPOINTS.flatMap(name => [endpoint(name), agent(name)]), INTERNET],
    always(1),
  ),
  ...same(['s1', 's2', 's3'].map(etcd), always(1)),
  ...same([standby('s1-database1'), primary('s1-database2'), primary('s2-database1'), equipment('found', 'usb')], always(0)),
  ...same([primary('s1-database1'), standby('s1-database2'), standby('s2-database1'), equipment('expected', 'scanner')], always(1)),
  [equipment('found', 'scanner')]: always(1),
};

function same(series: readonly string[], values: string): Series {
  return Object.fromEntries(series.map(name => [name, values]));
}

const names = (number: number) => {
  const { name } = [...smallCity.sites, ...smallCity.aggregations, ...smallCity.externals, ...smallCity.endpoints].find(
    each => each.number === number,
  ) ?? { name: { vi: '', en: '' } };
  return { name_vi: name.vi, name_en: name.en };
};
const S2_DOWN: Firing = { alert: 'SiteDown', labels: { node: 's2', kind: 'site', offices: '2', ...names(2) } };
const N67_DOWN: Firing = { alert: 'AggregationDown', labels: { node: 'n67', kind: 'aggregation', offices: '2', ...names(67) } };
const E77_DOWN: Firing = { alert: 'EndpointDown', labels: { endpoint: 'e77', node: 'n67', district: 'Ninh Kiều', ...names(77) } };
const behindN67 = (values: string): Series => same([node('n67', 'aggregation'), L12, ...ENDPOINTS.map(endpoint)], values);
const silent = (...endpoints: readonly string[]): Series => same(endpoints.map(agent), ends(1));
const copies = (second: string, backup: string): Series => ({ [standby('s1-database2')]: second, [standby('s2-database1')]: backup });

export const ALERT_CASES: readonly AlertCase[] = [
  {
    what: 'all is healthy: nothing but the heartbeat',
    changes: {},
    fires: [],
    states: { 'sum(citydc:node_state)': 0, 'sum(citydc:endpoint_state)': 0, 'sum(citydc:link_state)': 0 },
  },
  {
    what: 'no data at all: nothing is claimed',
    changes: same(Object.keys(WELL), NEVER),
    fires: [],
    states: { 'max(citydc:node_state)': -1, 'max(citydc:endpoint_state)': -1, 'max(citydc:link_state)': -1 },
  },
  {
    what: 'a monitor that has just begun does not judge',
    changes: { ...behindN67(turned(1, 0)), [STARTED]: always(580) },
    fires: [],
    states: { 'max(citydc:node_state)': -1 },
  },
  {
    what: 'a monitor that reaches no host blames none',
    changes: same([...NODES, L1, L2, L12, ...OTHER_TRUNKS, ...ENDPOINTS.map(endpoint)], turned(1, 0)),
    fires: [],
    states: { 'max(citydc:endpoint_state)': -1 },
  },
  {
    what: 'a site is lost with its vote and its copy: what it explains is left to inhibition',
    changes: {
      ...same([node('s2', 'site'), L1, L2, etcd('s2')], turned(1, 0)),
      [standby('s2-database1')]: ends(1),
      [primary('s2-database1')]: ends(0),
    },
    fires: [S2_DOWN, { alert: 'BackupNotSynchronous' }, { alert: 'NoSpareVote', value: 2 }],
    states: { 'citydc:link_state{link="l1"}': 2 },
  },
  { what: 'a site that is back', changes: same([node('s2', 'site'), L1, L2], mended), fires: [] },
  {
    what: 'a district is lost: one alert',
    changes: { ...behindN67(turned(1, 0)), ...silent(...ENDPOINTS) },
    fires: [N67_DOWN],
    states: { 'min(citydc:endpoint_state)': 2, 'citydc:link_state{link="l12"}': 2 },
  },
  {
    what: 'a district is lost, its offices are seen before it: still one',
    changes: { ...same([L12, ...ENDPOINTS.map(endpoint)], turned(1, 0)), [node('n67', 'aggregation')]: '1x40 0x79' },
    fires: [N67_DOWN],
    atSeconds: 230,
  },
  {
    what: 'a district is back before its offices are',
    changes: { ...same([L12, ...ENDPOINTS.map(endpoint)], '1x39 0x19 1x60'), [node('n67', 'aggregation')]: mended },
    fires: [N67_DOWN],
    atSeconds: 300,
  },
  { what: 'a district that is back', changes: behindN67(mended), fires: [] },
  {
    what: 'an uplink is cut: the district works on',
    changes: { [L12]: turned(1, 0) },
    fires: [{ alert: 'LinkDown', labels: { link: 'l12', kind: 'uplink', node: 'n67', carrier: carrierOf(12), offices: '2' } }],
  },
  { what: 'an uplink that is back', changes: { [L12]: mended }, fires: [] },
  { what: 'nobody looks at an uplink: unknown', changes: { [L12]: ends(1) }, fires: [], states: { 'citydc:link_state{link="l12"}': -1 } },
  {
    what: 'an office is cut off: its agent is not blamed',
    changes: { [endpoint('e77')]: turned(1, 0), ...silent('e77') },
    fires: [E77_DOWN],
    states: { 'citydc:endpoint_state{endpoint="e77"}': 1 },
  },
  { what: 'an office that is back', changes: { [endpoint('e77')]: mended }, fires: [] },
  { what: 'one lost packet is nothing', changes: { [endpoint('e77')]: '1x39 0 1x79' }, fires: [], atSeconds: 205 },
  {
    what: 'an office that vanished is unknown, not green',
    changes: { [endpoint('e77')]: ends(1) },
    fires: [],
    states: { 'citydc:endpoint_state{endpoint="e77"}': -1 },
  },
  {
    what: 'an agent is silent',
    changes: silent('e77'),
    fires: [{ alert: 'AgentSilent', labels: { endpoint: 'e77', node: 'n67', district: 'Ninh Kiều', ...names(77) }, value: 0 }],
    states: { 'citydc:link_state{kind="internet"}': -1 },
  },
  {
    what: 'an agent that was never heard of is silent',
    changes: { [agent('e160')]: NEVER },
    fires: [{ alert: 'AgentSilent', labels: { endpoint: 'e160', node: 'n67', district: 'Ninh Kiều', ...names(160) }, value: 0 }],
  },
  { what: 'an agent that is back', changes: { [agent('e77')]: '1x39 _x17 1x62' }, fires: [] },
  {
    what: 'an Internet line is down',
    changes: { [INTERNET]: turned(1, 0) },
    fires: [{ alert: 'InternetLineDown', labels: internetLine() }],
  },
  { what: 'an Internet line that is back', changes: { [INTERNET]: mended }, fires: [] },
  {
    what: 'a scanner is missing',
    changes: { [equipment('found', 'scanner')]: turned(1, 0) },
    fires: [{ alert: 'EquipmentMissing', labels: { endpoint: 'e77', kind: 'scanner', district: 'Ninh Kiều', ...names(77) } }],
  },
  { what: 'a scanner that is back', changes: { [equipment('found', 'scanner')]: mended }, fires: [] },
  { what: 'nobody can look for a scanner: nothing is claimed', changes: { [equipment('found', 'scanner')]: NEVER }, fires: [] },
  {
    what: 'the national networks are not reached',
    changes: { [node('x64', 'external')]: turned(1, 0) },
    fires: [{ alert: 'ExternalDown', labels: { node: 'x64', kind: 'external', offices: '2', ...names(64) } }],
  },
  { what: 'they are reached again', changes: { [node('x64', 'external')]: mended }, fires: [] },
  { what: 'one standby is left', changes: copies(always(0), always(1)), fires: [] },
  { what: 'only the primary keeps copies', changes: copies(always(1), turned(1, 0)), fires: [{ alert: 'BackupNotSynchronous', value: 0 }] },
  { what: 'the backup has caught up', changes: copies(always(1), turned(0, 1)), fires: [] },
  {
    what: 'the last standby is gone',
    changes: copies(turned(1, 0), turned(1, 0)),
    fires: [
      { alert: 'BackupNotSynchronous', value: 0 },
      { alert: 'WritesOnOneCopy', value: 0 },
    ],
  },
  {
    what: 'the backup itself writes',
    changes: {
      ...copies(always(0), always(0)),
      [standby('s1-database2')]: always(1),
      [primary('s1-database1')]: turned(1, 0),
      [primary('s2-database1')]: turned(0, 1),
    },
    fires: [],
  },
  {
    what: 'no database host leads',
    changes: { [primary('s1-database1')]: turned(1, 0) },
    fires: [{ alert: 'DatabaseWithoutLeader', value: 0 }],
  },
  { what: 'one leads again', changes: { [primary('s1-database1')]: mended }, fires: [] },
  {
    what: 'no database host answers any more',
    changes: Object.fromEntries(
      ['s1-database1', 's1-database2', 's2-database1'].flatMap(host => [
        [standby(host), ends(1)],
        [primary(host), ends(1)],
      ]),
    ),
    fires: ['BackupNotSynchronous', 'DatabaseWithoutLeader', 'WritesOnOneCopy'].map(alert => ({ alert, value: 0 })),
  },
  { what: 'one vote is gone', changes: { [etcd('s3')]: turned(1, 0) }, fires: [{ alert: 'NoSpareVote', value: 2 }] },
  { what: 'one vote is no longer asked', changes: { [etcd('s3')]: ends(1) }, fires: [{ alert: 'NoSpareVote', value: 2 }] },
  { what: 'the vote is back', changes: { [etcd('s3')]: mended }, fires: [] },
  {
    what: 'series under the names of the inventory are pushed: one office is lost all the same, with its name',
    changes: {
      [endpoint('e77')]: turned(1, 0),
      ...same(
        [
          'citydc:endpoint_info{endpoint="e77",forged="1"}',
          'citydc:node_info{node="n67",forged="1"}',
          'citydc:link_info{link="l12",forged="1"}',
        ],
        always(1),
      ),
      'citydc:endpoint_state{endpoint="e77",node="n67",forged="1"}': always(0),
    },
    fires: [E77_DOWN],
  },
  ...[
    { days: 31, fires: [] },
    { days: 29, fires: [{ alert: 'CertificatesDue' }] },
    { days: 6, fires: [{ alert: 'CertificatesDue' }, { alert: 'CertificatesEnding' }] },
  ].map(({ days, fires }) => ({
    what: `a certificate that ends in ${days} days`,
    changes: { [CERTIFICATE]: always(days * 86_400) },
    fires,
  })),
  {
    what: 'rules fail at a site',
    changes: { [RULES_FAILED]: '0x110 0+1x9' },
    fires: [{ alert: 'RulesFailing', labels: { site: 's2' } }],
  },
];

function carrierOf(number: number): string {
  return smallCity.links.find(each => each.number === number)?.carrier ?? '';
}
function internetLine() {
  const line = smallCity.links.find(({ kind }) => kind === 'internet');
  return { link: `l${line?.number}`, kind: 'internet', node: 'n67', endpoint: 'e77', district: 'Ninh Kiều', ...names(77) };
}

export const OBSERVING_SITE = (siteOf(smallCity, 'primary') as Site).number;

/** Every alert of a city. */
export const alertsOf = (city: City): readonly Alert[] => [...NETWORK_ALERTS, ...OFFICE_ALERTS, ...platformAlerts(city)];

/** A case as a file for `promtool test rules`: what fires and that nothing else does. */
export function alertTest(rulePath: string, { changes, fires, states = {}, atSeconds = 600 }: AlertCase): string {
  const series = Object.entries({ ...WELL, ...changes }).filter(([, values]) => values !== NEVER);
  return stringify({
    rule_files: [rulePath],
    evaluation_interval: '2s',
    tests: [
      {
        interval: '5s',
        input_series: series.map(([name, values]) => ({ series: name, values })),
        alert_rule_test: alertsOf(smallCity).map(alert => ({
          eval_time: `${atSeconds}s`,
          alertname: alert.name,
          exp_alerts: [...fires, { alert: 'DeadMansSwitch' }]
            .filter(firing => firing.alert === alert.name)
            .map(firing => expected(alert, firing)),
        })),
        promql_expr_test: Object.entries(states).map(([expr, value]) => ({
          expr: `sum(${expr})`,
          eval_time: `${atSeconds}s`,
          exp_samples: [{ value, labels: '{}' }],
        })),
      },
    ],
  });
}

const expected = (alert: Alert, { labels = {}, value = 1 }: Firing): object => ({
  exp_labels: { severity: alert.severity, owner: alert.owner, ...labels },
  exp_annotations: {
    ...Object.fromEntries(
      (['summary', 'description'] as const).flatMap(part =>
        (['vi', 'en'] as const).map(language => [`${part}_${language}`, filledIn(alert[part][language], labels, value)]),
      ),
    ),
    runbook_url: runbookOf(alert.name),
    dashboard_uid: 'citydc-wall-vi',
  },
});

const filledIn = (template: string, labels: Readonly<Record<string, string>>, value: number): string =>
  template.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '').replaceAll('{{ $value }}', `${value}`);
