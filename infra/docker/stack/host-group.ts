import { Container } from '@cdktf/provider-docker/lib/container/index.js';
import { Volume } from '@cdktf/provider-docker/lib/volume/index.js';
import { Construct } from 'constructs';
import { READY_PATHS } from '../../../agents/contract/ready.js';
import type { City } from '../../city/model.js';
import { capabilitiesOf, cpuSharesOf, limitsOf } from '../../site/container.js';
import { type Host, secretFileName } from '../../site/host.js';
import { systemCallsOf } from '../../site/system-calls.js';
import { HEALTHY_WORDS, START_WORDS, VOLUME_PATH } from '../arrival.js';
import { dataFoldersOf, keepsData } from '../data.js';
import { volumeName } from '../names.js';
import type { HostGroup } from '../ready.js';
import type { Seat } from '../seats.js';
import type { DockerHostPart } from './docker-host.js';
import { always, labelsOf, NO_NEW_RIGHTS, named, once, sourceOf } from './resources.js';
import type { Variables } from './variables.js';

export interface HostGroupOptions {
  readonly city: City;
  readonly group: HostGroup;
  readonly home: DockerHostPart;
  readonly seats: ReadonlyMap<string, Seat>;
  readonly variables: Variables;
  readonly protectData: boolean;
  /** The site whose hosts apply new files before this group's: never two sites at a time. */
  readonly before: HostGroupPart | undefined;
}

/** A site, or an aggregation node with its offices: the configuration container, and the hosts. */
export class HostGroupPart extends Construct {
  readonly laid: Container;

  constructor(scope: Construct, options: HostGroupOptions) {
    super(scope, options.group.name);
    const { group } = options;
    const volumes = new Map(group.hosts.map(({ name }) => [name, volume(this, options, `${name}-files`, false)] as const));
    this.laid = named(new Container(this, 'laid', layer(options, volumes)), `${group.name}-laid`);
    for (const host of group.hosts) {
      const files = volumes.get(host.name) as Volume;
      named(new Container(this, host.name, hostContainer(this, options, host, files, this.laid)), host.name);
    }
  }
}

function volume(scope: Construct, { city, home: { provider } }: HostGroupOptions, id: string, precious: boolean): Volume {
  const kept = precious ? { lifecycle: { preventDestroy: true } } : {};
  return named(new Volume(scope, id, { provider, name: volumeName(city, id), labels: labelsOf(city), ...kept }), id);
}

/**
 * Nothing in a host gains rights by a file's mode. Docker's own list of system calls holds, but where a capability would open it again:
 * what CAP_SYS_ADMIN brings back there (mounts, namespaces) is what a router must not have.
 *
 * A limit of processes is no attribute of the provider's: the limit of memory, in which the kernel's share of each counts, bounds them.
 */
const securityOf = (host: Host): string[] => [
  NO_NEW_RIGHTS,
  ...(host.capabilities.includes('CAP_SYS_ADMIN') ? [`seccomp=${JSON.stringify(systemCallsOf(host))}`] : []),
];

function layer({ city, group, home, variables, before }: HostGroupOptions, volumes: ReadonlyMap<string, Volume>) {
  const [ready, program] = [`ready/${group.name}.json`, 'lay-ready.mjs'];
  const file = (path: string, source: string, permissions: string) => ({ file: path, ...sourceOf(source), permissions });
  return {
    ...once(city, group.name, home.image),
    provider: home.provider,
    command: ['node', READY_PATHS.program],
    volumes: [...volumes].map(([host, { name }]) => ({ volumeName: name, containerPath: `${READY_PATHS.hosts}/${host}` })),
    logDriver: variables.logDriver,
    upload: [
      file(READY_PATHS.program, program, '0644'),
      file(READY_PATHS.ready, ready, '0644'),
      ...group.hosts.flatMap(host =>
        host.secrets.map(({ name }) => {
          const secret = secretFileName(name);
          return file(`${READY_PATHS.secrets}/${host.name}/${secret}`, `${variables.secrets}/${secret}`, '0400');
        }),
      ),
    ],
    dependsOn: [home.agentsLaid, ...(before === undefined ? [] : [before.laid])],
  };
}

function hostContainer(scope: Construct, options: HostGroupOptions, host: Host, files: Volume, laid: Container) {
  const { city, home, seats, variables, protectData } = options;
  const data = dataFoldersOf(host).map(path => {
    const id = `${host.name}${path.replaceAll('/', '-')}`;
    return { volumeName: volume(scope, options, id, protectData && keepsData(host)).name, containerPath: path };
  });
  return {
    ...always(city, host.name, home.image),
    provider: home.provider,
    command: ['/usr/bin/tini', '--', ...START_WORDS],
    networksAdvanced: [{ name: home.network.name, ipv4Address: seats.get(host.name)?.address ?? '' }],
    capabilities: { drop: ['ALL'], add: [...capabilitiesOf(host)] },
    securityOpts: securityOf(host),
    sysctls: { ...host.sysctls },
    tmpfs: { '/run': 'exec,mode=755', '/tmp': 'mode=1777' },
    volumes: [
      { volumeName: files.name, containerPath: VOLUME_PATH, readOnly: true },
      { volumeName: home.agents.name, containerPath: '/opt/citydc', readOnly: true },
      ...data,
    ],
    memory: limitsOf(host).memoryMib,
    memorySwap: limitsOf(host).memoryMib,
    cpuShares: cpuSharesOf(host),
    logDriver: variables.logDriver,
    healthcheck: { test: ['CMD', ...HEALTHY_WORDS], interval: '2m0s', timeout: '20s', startPeriod: '1m0s', retries: 2 },
    dependsOn: [laid],
  };
}
