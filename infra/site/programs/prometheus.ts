import { stringify } from 'yaml';
import { ruleFile, startedRuleFile } from '../../../dashboards/rules/file.js';
import { watchedLinks } from '../../../dashboards/rules/links.js';
import { farEnd, linkName, type Node, nodeName } from '../../city/model.js';
import { type IdentityPaths, identityOf, identitySecrets } from '../identity.js';
import { appPort, PORT } from '../ports.js';
import type { Program, ProgramConnection } from '../program.js';
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
export const prometheus: Program = prometheusWith({ withoutAlerts: [], job: unchanged, config: unchanged });

/** What another target has instead of what hosts of ours have. */
interface PrometheusChange {
  /** Names of alerts whose metrics do not exist there. */
  readonly withoutAlerts: readonly string[];
  /** A job as it is there; undefined where its targets do not exist. */
  readonly job: (job: Job) => Job | undefined;
  readonly config: (config: PrometheusConfig) => PrometheusConfig;
}

/** The same for another target. */
export function prometheusWith({ withoutAlerts, job, config }: PrometheusChange): Program {
  const jobsFor = (topology: Topology, machine: Machine) => jobsOf(topology, machine).flatMap(each => job(each) ?? []);
  return {
    name: 'prometheus',
    packages: ['prometheus'],
    connects: (topology, machine) => [
      ...jobsOf(topology, machine).flatMap(({ name, probe, groups }) =>
        groups.flatMap(({ targets }) =>
          targets
            .filter(isElsewhere)
            .map(each => connectionTo(each, probe === undefined ? `reads metrics of ${name}` : `probes each ${name}`)),
        ),
      ),
      ...machinesOf(topology, 'monitor').map(({ address }) => ({
        to: address.v4,
        protocol: 'tcp' as const,
        port: PORT.alertmanager,
        why: 'reports alerts',
      })),
    ],
    render: (topology, machine) => ({
      files: [
        {
          path: `${FOLDER}/prometheus.yml`,
          content: stringify(config(configOf(topology, machine, jobsFor(topology, machine))), {
            lineWidth: 0,
            aliasDuplicateObjects: false,
          }),
          onChange: 'reload',
        },
        { path: `${FOLDER}/rules.yml`, content: ruleFile(topology.city, machine.node.number, withoutAlerts), onChange: 'reload' },
        ...jobsFor(topology, machine).map(({ name, groups }) => ({
          path: `${FOLDER}/targets/${name}.json`,
          content: `${JSON.stringify(groups, undefined, 1)}\n`,
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
      // Prometheus reads them anew with every connection.
      secrets: identitySecrets('monitor', machine.name, 'prometheus', 'reload'),
    }),
    lints: [
      { command: ['promtool', 'check', 'config', `${FOLDER}/prometheus.yml`] },
      { command: ['promtool', 'check', 'rules', `${FOLDER}/rules.yml`] },
    ],
  };
}

const LOOPBACK = '127.0.0.1';
const isElsewhere = (target: string): boolean => !target.startsWith(`${LOOPBACK}:`);

/** A target with its port is asked over TCP; one without is probed by the blackbox exporter of the same host. */
function connectionTo(target: string, why: string): ProgramConnection {
  const [to = '', port] = target.split(':');
  return port === undefined ? { to, protocol: 'icmp', why } : { to, protocol: 'tcp', port: Number(port), why };
}

/** Every job that a monitor of ours has. Another target decides about each of them: one more here does not compile there. */
export type JobName =
  | 'prometheus'
  | 'alertmanager'
  | 'blackbox'
  | 'notices'
  | 'etcd'
  | 'patroni'
  | 'haproxy'
  | 'canary'
  | 'node'
  | 'link'
  | 'endpoint';

/** One scrape job: what it scrapes, and how. `probe` goes through the site's own blackbox exporter. */
export interface Job {
  readonly name: JobName;
  readonly probe?: 'icmp';
  /** Over TLS, with the monitor's identity. */
  readonly tls?: true;
  readonly groups: readonly TargetGroup[];
}
interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What of Prometheus' configuration is used here; names are its own. */
interface PrometheusConfig {
  readonly global: Readonly<Record<'scrape_interval' | 'scrape_timeout' | 'evaluation_interval', string>> & {
    readonly external_labels: Readonly<Record<string, string>>;
  };
  readonly storage: { readonly tsdb: { readonly out_of_order_time_window: string } };
  readonly alerting: { readonly alertmanagers: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[] };
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly ScrapeConfig[];
  readonly remote_write?: readonly {
    readonly url: string;
    readonly sigv4: { readonly region: string };
    readonly queue_config: { readonly max_samples_per_send: number; readonly max_shards: number };
  }[];
}
interface ScrapeConfig {
  readonly job_name: string;
  readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
  readonly scrape_interval?: string;
  readonly scheme?: 'https';
  readonly tls_config?: Readonly<Record<'ca_file' | 'cert_file' | 'key_file', string>>;
  readonly metrics_path?: string;
  readonly params?: { readonly module: readonly string[] };
  readonly static_configs?: readonly TargetGroup[];
  readonly relabel_configs?: readonly {
    readonly source_labels?: readonly string[];
    readonly target_label: string;
    readonly replacement?: string;
  }[];
}

/** The jobs of one site's Prometheus: the lists that steady state is checked against. All sites watch the same, but each its own links. */
export function jobsOf(topology: Topology, machine: Machine): readonly Job[] {
  const of = (role: Parameters<typeof machinesOf>[1], port: number) => machinesOf(topology, role).map(machine => target(machine, port));
  return [
    { name: 'prometheus', groups: of('monitor', PORT.prometheus) },
    { name: 'alertmanager', groups: of('monitor', PORT.alertmanager) },
    { name: 'blackbox', groups: of('monitor', PORT.blackbox) },
    // What its own host knows.
    { name: 'notices', groups: [{ ...target(machine, PORT.notices), targets: [`${LOOPBACK}:${PORT.notices}`] }] },
    { name: 'etcd', tls: true, groups: of('etcd', PORT.etcdMetrics) },
    { name: 'patroni', tls: true, groups: of('database', PORT.patroni) },
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

function configOf(topology: Topology, machine: Machine, jobs: readonly Job[]): PrometheusConfig {
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
    scrape_configs: jobs.map(job => scrape(job, machine)),
  };
}

const scrape = ({ name, probe, tls }: Job, machine: Machine): ScrapeConfig => ({
  job_name: name,
  file_sd_configs: [{ files: [`${FOLDER}/targets/${name}.json`] }],
  ...(tls ? overTls(identityOf('monitor', machine.name)) : {}),
  ...(probe === undefined ? {} : probed(probe, machine.address.v4)),
});

const overTls = ({ authority, certificate, key }: IdentityPaths): Pick<ScrapeConfig, 'scheme' | 'tls_config'> => ({
  scheme: 'https',
  tls_config: { ca_file: authority, cert_file: certificate, key_file: key },
});

/**
 * How a job asks through a blackbox exporter.
 *
 * @param module of the exporter
 * @param exporter its address
 * @param targets where they stand in the configuration itself
 */
export const probed = (module: string, exporter: string, targets?: readonly TargetGroup[]): Omit<ScrapeConfig, 'job_name'> => ({
  scrape_interval: PROBE_INTERVAL,
  metrics_path: '/probe',
  params: { module: [module] },
  ...(targets === undefined ? {} : { static_configs: targets }),
  relabel_configs: [
    { source_labels: ['__address__'], target_label: '__param_target' },
    { source_labels: ['__param_target'], target_label: 'instance' },
    { target_label: '__address__', replacement: `${exporter}:${PORT.blackbox}` },
  ],
});

function unchanged<T>(value: T): T {
  return value;
}
