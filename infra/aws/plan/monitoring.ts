/**
 * What a site's monitor runs on AWS: the same files and commands as everywhere else, with what the cloud lacks or has instead.
 *
 * Its address is the plan's, so that agents push to where they always push. Patroni and etcd are not there: their alerts are alarms of
 * AWS instead. No router of ours answers for a site: its monitor's port does. What it stores lasts as long as its task; Amazon Managed
 * Prometheus keeps it. Pure.
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

/** Placeholders for what AWS names by itself: the monitor's task puts the values in at its start. */
export const WORKSPACE_URL = '@WORKSPACE_URL@';
export const TOPIC_ARN = '@TOPIC_ARN@';

/** Where the files lie: all of them in one folder, as Prometheus has it. */
export const MONITOR_FOLDER = '/etc/prometheus';
export const MONITOR_DATA = '/var/lib/prometheus';

/** Everything of a monitor that others ask; a service on Fargate has at most five. */
export const MONITOR_DOORS = [
  { container: 'prometheus', protocol: 'TCP', port: PORT.prometheus },
  { container: 'alertmanager', protocol: 'TCP', port: PORT.alertmanager },
  { container: 'alertmanager', protocol: 'TCP_UDP', port: PORT.alertmanagerCluster },
  { container: 'blackbox', protocol: 'TCP', port: PORT.blackbox },
  { container: 'reflector', protocol: 'UDP', port: PORT.reflector },
] as const;
/** TCP port that answers while the monitor is well, whichever door. */
export const MONITOR_HEALTH_PORT = PORT.prometheus;

/** What a door lets through, as the flows name it. */
export const protocolsOf = (protocol: (typeof MONITOR_DOORS)[number]['protocol']) =>
  (['tcp', 'udp'] as const).filter(each => protocol.toLowerCase().split('_').includes(each));

/** They ask Patroni and etcd. */
const ONLY_ELSEWHERE = ['DatabaseWithoutLeader', 'WritesOnOneCopy', 'BackupNotSynchronous', 'NoSpareVote'];
/** What becomes of each job. Hosts of the lab are not there, and the far ends of lines are other ones. */
const JOBS = {
  prometheus: present,
  alertmanager: present,
  blackbox: present,
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

/** A task listens on whatever address it is given. */
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

/** A site is there while its monitor's port answers; labels as the probe of its router has them elsewhere. */
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

/** The city as AWS plays it: two sites with a monitor each, and the lines that lead nowhere else. */
function onAws(city: City): City {
  const sites = city.sites.filter(({ role }) => (AWS_ROLES as readonly string[]).includes(role)).map(withMonitor);
  const gone = new Set(city.sites.map(({ number }) => number).filter(number => !sites.some(site => site.number === number)));
  return { ...city, sites, links: city.links.filter(({ ends }) => !ends.some(end => gone.has(end))) };
}

const withMonitor = (site: Site): Site => ({
  ...site,
  hosts: { router: site.hosts.router, edge: [], application: [], database: [], etcd: [], monitor: [1], repository: [] },
});
