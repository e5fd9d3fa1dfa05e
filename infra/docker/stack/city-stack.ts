import { LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { City } from '../../city/model.js';
import { isOverTls } from '../../city/targets/docker/docker-host.js';
import type { BundleDigests } from '../../fabric/convergence/changes.js';
import { dockerCity, hostGroupsOf } from '../ready.js';
import { seatsOf } from '../seats.js';
import { DockerHostPart } from './docker-host.js';
import { HostGroupPart } from './host-group.js';
import { variablesOf } from './variables.js';

export interface CityStackOptions {
  readonly city: City;
  readonly bundles: BundleDigests;
  /** The image's tag: the digest of its content. */
  readonly image: string;
  /** The folder of secrets, from the stack's own. */
  readonly secrets: string;
  /** Where terraform keeps its state, from the stack's own folder. */
  readonly terraformState: string;
  /** Whether terraform refuses to destroy a volume with data. */
  readonly protectData: boolean;
}

/** A city on its Docker hosts. Resources have permanent names as addresses: a change of the inventory moves no other resource. */
export class CityStack extends TerraformStack {
  constructor(scope: Construct, id: string, options: CityStackOptions) {
    super(scope, id);
    new LocalBackend(this, { path: options.terraformState });
    const { city } = options;
    const { topology, layout } = dockerCity(city);
    const seats = seatsOf(topology);
    const variables = variablesOf(this, { ...options, overTls: city.dockerHosts.some(isOverTls) });
    const homes = new Map(city.dockerHosts.map(host => [host.key, new DockerHostPart(this, { city, host, variables })]));
    let before: HostGroupPart | undefined;
    for (const group of hostGroupsOf(topology, layout)) {
      const home = homes.get(seats.get(group.hosts[0]?.name ?? '')?.dockerHost.key ?? '');
      if (home === undefined) throw new Error(`${group.name} is on no Docker host`); // the loader refuses it
      const part = new HostGroupPart(this, { city, group, home, seats, variables, protectData: options.protectData, before });
      if (group.isSite) before = part;
    }
  }
}
