import { stringify } from 'yaml';
import { alertRules } from '../../../dashboards/alerts.js';
import type { ElementNumber } from '../../city/model.js';
import { appPort, PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';
import { firstAddress } from './network.js';

const FOLDER = '/etc/prometheus';
const SCRAPE_INTERVAL = '5s';
/** Office routers are probed less often than the sites are scraped. */
const PROBE_INTERVAL = '10s';

/** Each data-centre site watches everything on its own, so that what one site cannot see the other can. */
export const prometheus: Program = {
  name: 'prometheus',
  packages: ['prometheus'],
  render: (topology, machine) => ({
    files: [
      { path: `${FOLDER}/prometheus.yml`, content: stringify(config(topology, machine), { lineWidth: 0 }), onChange: 'reload' },
      { path: `${FOLDER}/rules.yml`, content: alertRules(topology.city), onChange: 'reload' },
      ...jobsOf(topology).map(job => ({
        path: `${FOLDER}/targets/${job.name}.json`,
        content: `${JSON.stringify(job.groups, undefined, 1)}\n`,
        onChange: 'reload' as const,
      })),
    ],
    folders: [{ path: '/var/lib/prometheus', owner: 'prometheus', mode: 0o755 }],
    processes: [
      {
        name: 'prometheus',
        user: 'prometheus',
        command: [
          '/usr/bin/prometheus',
          `--config.file=${FOLDER}/prometheus.yml`,
          '--storage.tsdb.path=/var/lib/prometheus',
          '--storage.tsdb.retention.time=15d',
          '--log.level=warn',
        ],
        reload: { signal: 'HUP' },
      },
    ],
  }),
  lints: [
    { command: ['promtool', 'check', 'config', `${FOLDER}/prometheus.yml`] },
    { command: ['promtool', 'check', 'rules', `${FOLDER}/rules.yml`] },
  ],
};

/** One scrape job: how it asks, and whom. `probe` goes through the site's own blackbox exporter. */
export interface Job {
  readonly name: string;
  readonly probe?: 'icmp';
  readonly groups: readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];
}

/** Every job, the same at each site: the lists that steady state is checked against. */
export function jobsOf(topology: Topology): readonly Job[] {
  const of = (role: Parameters<typeof machinesOf>[1], port: number) => machinesOf(topology, role).map(machine => target(machine, port));
  return [
    { name: 'prometheus', groups: of('monitor', PORT.prometheus) },
    { name: 'alertmanager', groups: of('monitor', PORT.alertmanager) },
    { name: 'blackbox', groups: of('monitor', PORT.blackbox) },
    { name: 'etcd', groups: of('etcd', PORT.etcdClient) },
    { name: 'patroni', groups: of('database', PORT.patroni) },
    { name: 'haproxy', groups: of('edge', PORT.edgeMetrics) },
    {
      name: 'canary',
      groups: machinesOf(topology, 'application').flatMap(machine =>
        topology.city.systems.map(({ key, number }) => withSystem(target(machine, appPort(number)), key)),
      ),
    },
    { name: 'node', probe: 'icmp', groups: nodeTargets(topology) },
    { name: 'endpoint', probe: 'icmp', groups: endpointTargets(topology) },
  ];
}

const target = ({ name, node, address }: Machine, port: number) => ({
  targets: [`${address.v4}:${port}`],
  labels: { host: name, site: `s${node.number}` },
});
const withSystem = (group: ReturnType<typeof target>, system: string) => ({ ...group, labels: { ...group.labels, system } });

const nodeTargets = ({ machines, city }: Topology) => [
  ...machines
    .filter(({ role }) => role === 'router' || role === 'aggregation')
    .map(({ name, address }) => ({ targets: [address.v4], labels: { node: name } })),
  ...city.externals.map(({ number, prefixes }) => ({ targets: [firstAddress(prefixes[0] ?? '')], labels: { node: `x${number}` } })),
];

const endpointTargets = ({ machines, city }: Topology) => {
  const behind = new Map<ElementNumber, ElementNumber>(city.endpoints.map(({ number, aggregation }) => [number, aggregation]));
  return machines
    .filter(({ role }) => role === 'office')
    .map(({ name, node, address }) => ({ targets: [address.v4], labels: { endpoint: name, aggregation: `n${behind.get(node.number)}` } }));
};

function config(topology: Topology, machine: Machine): object {
  const alertmanagers = machinesOf(topology, 'monitor').map(({ address }) => `${address.v4}:${PORT.alertmanager}`);
  return {
    global: {
      scrape_interval: SCRAPE_INTERVAL,
      scrape_timeout: '4s',
      evaluation_interval: SCRAPE_INTERVAL,
      external_labels: { observer: `s${machine.node.number}` },
    },
    // Both sites raise the same alert: without the observer Alertmanager takes them as one.
    alerting: {
      alert_relabel_configs: [{ regex: 'observer', action: 'labeldrop' }],
      alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }],
    },
    rule_files: [`${FOLDER}/rules.yml`],
    scrape_configs: jobsOf(topology).map(job => scrape(job, machine)),
  };
}

const scrape = ({ name, probe }: Job, machine: Machine): object => ({
  job_name: name,
  file_sd_configs: [{ files: [`${FOLDER}/targets/${name}.json`] }],
  ...(probe === undefined
    ? {}
    : {
        scrape_interval: PROBE_INTERVAL,
        metrics_path: '/probe',
        params: { module: [probe] },
        relabel_configs: [
          { source_labels: ['__address__'], target_label: '__param_target' },
          { source_labels: ['__param_target'], target_label: 'instance' },
          { target_label: '__address__', replacement: `${machine.address.v4}:${PORT.blackbox}` },
        ],
      }),
});
