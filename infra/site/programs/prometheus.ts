import { stringify } from 'yaml';
import { ruleFile, startedRuleFile } from '../../../dashboards/rules/file.js';
import { watchedLinks } from '../../../dashboards/rules/links.js';
import { farEnd, linkName, type Node, nodeName } from '../../city/model.js';
import { appPort, PORT } from '../ports.js';
import type { Program } from '../program.js';
import { linkAddresses, type Machine, machinesOf, type Topology } from '../topology.js';
import { firstAddress } from './network.js';

const FOLDER = '/etc/prometheus';
const DATA = '/var/lib/prometheus';
/** Written at every start. */
const STARTED_RULES = `${DATA}/started.yml`;
const SCRAPE_INTERVAL = '5s';
/** A page needs two of them: a lost packet is nothing yet. */
const PROBE_INTERVAL = '4s';
const EVALUATION_INTERVAL = '2s';
/** A monitor that was away hears of what the other knows before it speaks itself. */
const RESEND_DELAY = '5s';
/** A sample that is sent a second time, or comes late, is no error. */
const OUT_OF_ORDER_WINDOW = '10m';

/** Each data-centre site watches everything on its own, so that what one site cannot see the other can. */
export const prometheus: Program = prometheusWithout([]);

/** The same without alerts of those names: where what they ask does not exist. */
export function prometheusWithout(alerts: readonly string[]): Program {
  return {
    name: 'prometheus',
    packages: ['prometheus'],
    render: (topology, machine) => ({
      files: [
        { path: `${FOLDER}/prometheus.yml`, content: stringify(config(topology, machine), { lineWidth: 0 }), onChange: 'reload' },
        { path: `${FOLDER}/rules.yml`, content: ruleFile(topology.city, machine.node.number, alerts), onChange: 'reload' },
        ...jobsOf(topology, machine).map(job => ({
          path: `${FOLDER}/targets/${job.name}.json`,
          content: `${JSON.stringify(job.groups, undefined, 1)}\n`,
          onChange: 'reload' as const,
        })),
      ],
      folders: [{ path: DATA, owner: 'prometheus', mode: 0o755 }],
      processes: [
        {
          name: 'prometheus',
          // Twice the default: a third of its garbage collections for 60 MB more.
          environment: { GOGC: '200' },
          user: 'prometheus',
          command: [
            'sh',
            '-c',
            `printf '${startedRuleFile('%s')}' "$(date +%s)" > ${STARTED_RULES}; exec "$@"`,
            'sh',
            '/usr/bin/prometheus',
            `--config.file=${FOLDER}/prometheus.yml`,
            `--storage.tsdb.path=${DATA}`,
            '--storage.tsdb.retention.time=15d',
            '--web.enable-remote-write-receiver',
            `--rules.alert.resend-delay=${RESEND_DELAY}`,
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
}

/** One scrape job: what it scrapes, and how. `probe` goes through the site's own blackbox exporter. */
export interface Job {
  readonly name: string;
  readonly probe?: 'icmp';
  readonly groups: readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];
}

/** The jobs of one site's Prometheus: the lists that steady state is checked against. All sites watch the same, but each its own links. */
export function jobsOf(topology: Topology, machine: Machine): readonly Job[] {
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
    { name: 'link', probe: 'icmp', groups: linkTargets(topology, machine) },
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
    .map(({ node, address }) => ({ targets: [address.v4], labels: nodeLabels(node) })),
  ...city.externals.map(external => ({ targets: [firstAddress(external.prefixes[0] ?? '')], labels: nodeLabels(external) })),
];
const nodeLabels = (node: Node) => ({ node: nodeName(node), kind: node.kind });

/** The far ends of a site's links: what goes there goes over that link and no other. */
const linkTargets = ({ city, plan, nodes }: Topology, { node }: Machine) =>
  watchedLinks(city, node.number).map(link => ({
    targets: [linkAddresses(plan, link, node.number).peer.v4],
    labels: { link: linkName(link), kind: link.kind, node: nodeName(nodes.get(farEnd(link, node.number)) as Node) },
  }));

const endpointTargets = ({ machines }: Topology) =>
  machines.flatMap(({ name, node, address }) =>
    node.kind === 'endpoint' ? [{ targets: [address.v4], labels: { endpoint: name, node: `n${node.aggregation}` } }] : [],
  );

function config(topology: Topology, machine: Machine): object {
  const alertmanagers = machinesOf(topology, 'monitor').map(({ address }) => `${address.v4}:${PORT.alertmanager}`);
  return {
    global: {
      scrape_interval: SCRAPE_INTERVAL,
      scrape_timeout: '4s',
      evaluation_interval: EVALUATION_INTERVAL,
      external_labels: { observer: `s${machine.node.number}` },
    },
    storage: { tsdb: { out_of_order_time_window: OUT_OF_ORDER_WINDOW } },
    // Its alerts keep the observer: Prometheus repeats for a quarter of an hour what is over, and must not end what the other site reports.
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }],
    },
    // A pattern may match nothing, as it does before the first start.
    rule_files: [`${FOLDER}/rules.yml`, `${DATA}/*.yml`],
    scrape_configs: jobsOf(topology, machine).map(job => scrape(job, machine)),
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
