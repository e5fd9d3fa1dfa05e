import { Container } from '@cdktf/provider-docker/lib/container/index.js';
import { DataDockerImage } from '@cdktf/provider-docker/lib/data-docker-image/index.js';
import { Network } from '@cdktf/provider-docker/lib/network/index.js';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider/index.js';
import { Volume } from '@cdktf/provider-docker/lib/volume/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { addressAt } from '../../city/ip.js';
import type { City } from '../../city/model.js';
import { type DockerHost, isOverTls } from '../../city/targets/docker/docker-host.js';
import { BUNDLES, bundleFile, bundlePath } from '../../site/host.js';
import { underlayName } from '../names.js';
import { labelsOf, named, once, sourceOf } from './resources.js';
import type { Variables } from './variables.js';

export interface DockerHostOptions {
  readonly city: City;
  readonly host: DockerHost;
  readonly variables: Variables;
}

/** What the containers of a Docker host share: its daemon, the underlay, and the volume of bundled agents. */
export class DockerHostPart extends Construct {
  readonly provider: DockerProvider;
  readonly network: Network;
  readonly agents: Volume;
  readonly agentsLaid: ITerraformDependable;
  /** The digest of the image on this Docker host: a tag that is moved changes no container by itself. */
  readonly image: string;

  constructor(scope: Construct, { city, host, variables }: DockerHostOptions) {
    super(scope, `docker-${host.key}`);
    const certPath = isOverTls(host) ? variables.certificates : '';
    this.provider = new DockerProvider(this, 'provider', { alias: host.key, host: host.connect, certPath });
    this.image = named(new DataDockerImage(this, 'image', { provider: this.provider, name: variables.imageName }), host.key).id;
    this.network = named(
      new Network(this, 'underlay', {
        provider: this.provider,
        name: underlayName(city),
        labels: labelsOf(city),
        ...(host.device === undefined ? bridge(city) : { driver: 'macvlan', options: { parent: host.device } }),
        ipamDriver: 'default',
        ipamConfig: [{ subnet: host.underlay, gateway: addressAt(host.underlay, GATEWAY) }],
      }),
      `${host.key}-underlay`,
    );
    this.agents = named(
      new Volume(this, 'agents', { provider: this.provider, name: `${city.id}-agents`, labels: labelsOf(city) }),
      `${host.key}-agents`,
    );
    this.agentsLaid = named(
      new Container(this, 'agents-laid', {
        ...once(city, `${host.key}-agents`, this.image),
        provider: this.provider,
        command: ['true'],
        volumes: [{ volumeName: this.agents.name, containerPath: '/opt/citydc' }],
        logDriver: variables.logDriver,
        upload: BUNDLES.map(name => ({ file: bundlePath(name), ...sourceOf(`agents/${bundleFile(name)}`), permissions: '0644' })),
      }),
      `${host.key}-agents`,
    );
  }
}

/** The last address of a /16: a host's place is never so high. */
const GATEWAY = 0xfffe;

/**
 * With one Docker host the underlay leads nowhere else. With several it is routed between them, without address translation: tunnels are
 * between the containers' own addresses.
 */
const bridge = ({ dockerHosts }: City) => ({
  driver: 'bridge',
  internal: dockerHosts.length === 1,
  options: {
    'com.docker.network.bridge.enable_ip_masquerade': 'false',
    // Since Docker 28 nothing from outside reaches a container otherwise, whatever the firewall says; before 27 it is ignored.
    ...(dockerHosts.length === 1 ? {} : { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' }),
  },
});
