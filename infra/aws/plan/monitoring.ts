/**
 * What a site's monitor runs on AWS: the same files and commands as everywhere else, with what the cloud lacks or has instead.
 *
 * Its address is the plan's, so that agents push to where they always push. Patroni and etcd are not there: their alerts are alarms of
 * AWS instead. No router of ours answers for a site: its monitor's port does. What it stores lasts as long as its task; Amazon Managed
 * Prometheus keeps it. Pure.
 */

import { parse, stringify } from 'yaml';
import type { City, Site } from '../../city/model.js';
import { PORT } from '../../site/ports.js';
import { alertmanager } from '../../site/programs/alertmanager.js';
import { blackbox } from '../../site/programs/blackbox.js';
import { prometheusWithout } from '../../site/programs/prometheus.js';
import { reflector } from '../../site/programs/reflector.js';
import { machinesOf, topologyOf } from '../../site/topology.js';
import { AWS_ROLES, monitorAddress, type Place, planOf } from './names.js';

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
const PROGRAMS = [prometheusWithout(ONLY_ELSEWHERE), alertmanager, blackbox, reflector];
/** Their targets are not there: hosts of the lab, and the far ends of lines that are other ones on AWS. */
const JOBS_ELSEWHERE = ['etcd', 'patroni', 'haproxy', 'canary', 'link'];

/** A monitor's files and processes. */
export function monitorOf(
  city: City,
  place: Place,
): { readonly files: readonly MonitorFile[]; readonly processes: readonly MonitorProcess[] } {
  const own = onAws(city);
  const topology = topologyOf(own);
  const [machine] = machinesOf(topology, 'monitor', place.site.number);
  if (machine === undefined) throw new Error('a site on AWS has a monitor: see onAws');
  const rendered = PROGRAMS.map(program => program.render(topology, machine));
  return {
    files: rendered.flatMap(({ files = [] }) =>
      files.flatMap(({ path, content }) => {
        const name = path.replace(/^\/etc\/(prometheus|citydc)\//, '');
        if (JOBS_ELSEWHERE.some(job => name === `targets/${job}.json`)) return [];
        return [{ path: name, content: (CHANGED[name] ?? same)(content, own, place) }];
      }),
    ),
    processes: rendered.flatMap(({ processes = [] }) =>
      processes.map(({ name, command }) => ({ name, command: command.map(word => elsewhere(word, machine.address.v4)) })),
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

type Change = (content: string, city: City, place: Place) => string;
const same: Change = content => content;

const CHANGED: Readonly<Record<string, Change>> = {
  'prometheus.yml': prometheusOnAws,
  'alertmanager.yml': alertmanagerOnAws,
  'blackbox.yml': blackboxOnAws,
  'targets/node.json': withoutSites,
  // A task listens on whatever address it is given.
  'reflector.json': content => `${JSON.stringify({ ...(JSON.parse(content) as object), listen: '0.0.0.0' }, undefined, 2)}\n`,
};

interface ScrapeConfig {
  readonly job_name: string;
}

function prometheusOnAws(content: string, city: City, place: Place): string {
  const config = parse(content) as { readonly scrape_configs: readonly ScrapeConfig[] };
  const jobs = config.scrape_configs.filter(({ job_name }) => !JOBS_ELSEWHERE.includes(job_name));
  return stringify(
    {
      ...config,
      scrape_configs: [...jobs, siteJob(city)],
      remote_write: [{ url: WORKSPACE_URL, sigv4: { region: place.region }, queue_config: { max_samples_per_send: 1000, max_shards: 50 } }],
    },
    { lineWidth: 0 },
  );
}

/** A site is there while its monitor's port answers; labels as the probe of its router has them elsewhere. */
function siteJob(city: City): object {
  const plan = planOf(city);
  return {
    job_name: 'site',
    scrape_interval: '4s',
    metrics_path: '/probe',
    params: { module: ['tcp'] },
    static_configs: city.sites.map(({ number }) => ({
      targets: [`${monitorAddress(plan, number, 0)}:${PORT.prometheus}`],
      labels: { job: 'node', node: `s${number}`, kind: 'site' },
    })),
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: `127.0.0.1:${PORT.blackbox}` },
    ],
  };
}

function alertmanagerOnAws(content: string, _city: City, place: Place): string {
  const config = parse(content) as { readonly receivers: readonly { readonly name: string; readonly webhook_configs?: unknown }[] };
  const receivers = config.receivers.map(({ name, webhook_configs }) =>
    webhook_configs === undefined
      ? { name }
      : { name, sns_configs: [{ topic_arn: TOPIC_ARN, sigv4: { region: place.region }, send_resolved: true }] },
  );
  return stringify({ ...config, receivers }, { lineWidth: 0 });
}

function blackboxOnAws(content: string): string {
  const config = parse(content) as { readonly modules: object };
  return stringify({ modules: { ...config.modules, tcp: { prober: 'tcp', timeout: '1500ms' } } });
}

function withoutSites(content: string): string {
  const groups = JSON.parse(content) as readonly { readonly labels: { readonly kind: string } }[];
  return `${JSON.stringify(
    groups.filter(({ labels }) => labels.kind !== 'site'),
    undefined,
    1,
  )}\n`;
}

/** The lab's paths and addresses in a task: one folder of files, and whatever address it is given. */
const elsewhere = (word: string, address: string): string =>
  word
    .replace('/etc/citydc/', `${MONITOR_FOLDER}/`)
    .replace(new RegExp(`^(--cluster\\.listen-address=)${address.replaceAll('.', '\\.')}:`), '$10.0.0.0:');
