/**
 * Files and commands of a site's monitor on AWS: those of every realisation, with the differences of the cloud.
 *
 * Its address comes from the plan, so that agents push to where they always push. Patroni and etcd are not there: their alerts are alarms of
 * AWS instead. There is no router to probe for a site's state: its monitor's port is probed. Its own storage ends with its task; Amazon
 * Managed Prometheus keeps the samples. Pure.
 */

import type { City, Site } from '../../city/model.js';
import { PORT } from '../../site/ports.js';
import type { Program } from '../../site/program.js';
import { alertmanagerWith } from '../../site/programs/alertmanager.js';
import { blackboxWith, PROBE_TIMEOUT } from '../../site/programs/blackbox.js';
import { type Job, type JobName, probed, prometheusWith } from '../../site/programs/prometheus.js';
import { reflectorAt } from '../../site/programs/reflector.js';
import { machinesOf, topologyOf } from '../../site/topology.js';
import { AWS_ROLES, monitorAddress, planOf, type SiteOnAws } from './names.js';

export interface MonitorFile {
  /** Below the one folder that every process of the monitor sees. */
  readonly path: string;
  readonly content: string;
}

export interface MonitorProcess {
  readonly name: string;
  readonly command: readonly string[];
}

/** Placeholders for values that AWS assigns: the monitor's task fills them in when it starts. */
export const WORKSPACE_URL = '@WORKSPACE_URL@';
export const TOPIC_ARN = '@TOPIC_ARN@';

/** The folder of all files. */
export const MONITOR_FOLDER = '/etc/prometheus';
export const MONITOR_DATA = '/var/lib/prometheus';

/** The ports of a monitor's load balancer; a service on Fargate has at most five. */
export const MONITOR_PORTS = [
  { container: 'prometheus', protocol: 'TCP', port: PORT.prometheus },
  { container: 'alertmanager', protocol: 'TCP', port: PORT.alertmanager },
  { container: 'alertmanager', protocol: 'TCP_UDP', port: PORT.alertmanagerCluster },
  { container: 'blackbox', protocol: 'TCP', port: PORT.blackbox },
  { container: 'reflector', protocol: 'UDP', port: PORT.reflector },
] as const;
/** TCP port that answers while the monitor is healthy, for all ports of its load balancer. */
export const MONITOR_HEALTH_PORT = PORT.prometheus;

/** The protocols of a load balancer's port, as flows name them. */
export const protocolsOf = (protocol: (typeof MONITOR_PORTS)[number]['protocol']) =>
  (['tcp', 'udp'] as const).filter(each => protocol.toLowerCase().split('_').includes(each));

/** Alerts about Patroni, etcd and certificates of the city's own. */
const ONLY_ELSEWHERE = [
  'CertificatesDue',
  'CertificatesEnding',
  'DatabaseWithoutLeader',
  'WritesOnOneCopy',
  'BackupNotSynchronous',
  'NoSpareVote',
];
/** The scrape jobs on AWS. The lab's hosts are not there, and lines have other far ends. */
const JOBS = {
  prometheus: present,
  alertmanager: present,
  blackbox: present,
  notices: absent,
  etcd: absent,
  patroni: absent,
  haproxy: absent,
  canary: absent,
  node: (job: Job): Job => ({ ...job, groups: job.groups.filter(({ labels }) => labels.kind !== 'site') }),
  link: absent,
  endpoint: present,
} as const satisfies Record<JobName, (job: Job) => Job | undefined>;
function present(job: Job): Job {
  return job;
}
function absent(): undefined {}

/** A task listens on all of its addresses: AWS assigns them. */
const ANY_ADDRESS = '0.0.0.0';

const programsOf = (city: City, { region }: SiteOnAws): readonly Program[] => [
  prometheusWith({
    withoutAlerts: ONLY_ELSEWHERE,
    job: job => JOBS[job.name](job),
    config: config => ({
      ...config,
      scrape_configs: [...config.scrape_configs, { job_name: 'site', ...probed('tcp', '127.0.0.1', siteTargets(city)) }],
      remote_write: [{ url: WORKSPACE_URL, sigv4: { region }, queue_config: { max_samples_per_send: 1000, max_shards: 50 } }],
    }),
  }),
  alertmanagerWith({
    channel: { sns_configs: [{ topic_arn: TOPIC_ARN, sigv4: { region }, send_resolved: true }] },
    listen: ANY_ADDRESS,
  }),
  blackboxWith({ tcp: { prober: 'tcp', timeout: PROBE_TIMEOUT } }),
  reflectorAt(ANY_ADDRESS),
];

/** Probes of sites by their monitors' ports; with the labels of the probe of a router elsewhere. */
function siteTargets(city: City) {
  const plan = planOf(city);
  return city.sites.map(({ number }) => ({
    targets: [`${monitorAddress(plan, number, 0)}:${PORT.prometheus}`],
    labels: { job: 'node', node: `s${number}`, kind: 'site' },
  }));
}

/** A monitor's files and processes. */
export function monitorOf(
  city: City,
  place: SiteOnAws,
): { readonly files: readonly MonitorFile[]; readonly processes: readonly MonitorProcess[] } {
  const own = onAws(city);
  const topology = topologyOf(own);
  const [machine] = machinesOf(topology, 'monitor', place.site.number);
  if (machine === undefined) throw new Error('a site on AWS has a monitor: see onAws');
  const rendered = programsOf(own, place).map(program => program.render(topology, machine));
  return {
    files: rendered.flatMap(({ files = [] }) =>
      files.map(({ path, content }) => ({ path: path.replace(/^\/etc\/(prometheus|citydc)\//, ''), content })),
    ),
    processes: rendered.flatMap(({ processes = [] }) =>
      // One folder of files, where the lab has two.
      processes.map(({ name, command }) => ({ name, command: command.map(word => word.replace('/etc/citydc/', `${MONITOR_FOLDER}/`)) })),
    ),
  };
}

/** The city on AWS: two sites with a monitor each, without lines that lead elsewhere. */
function onAws(city: City): City {
  const sites = city.sites.filter(({ role }) => (AWS_ROLES as readonly string[]).includes(role)).map(withMonitor);
  const gone = new Set(city.sites.map(({ number }) => number).filter(number => !sites.some(site => site.number === number)));
  return { ...city, sites, links: city.links.filter(({ ends }) => !ends.some(end => gone.has(end))) };
}

const withMonitor = (site: Site): Site => ({
  ...site,
  hosts: { router: site.hosts.router, edge: [], application: [], database: [], etcd: [], monitor: [1], repository: [] },
});
