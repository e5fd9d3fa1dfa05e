/** Which Docker host runs each of a city's hosts, and at which address of the underlay. Pure. */

import { LIMITS } from '../city/addresses.js';
import { SITE_HOST_ROLES, type SiteHostRole } from '../city/identity.js';
import { addressAt } from '../city/ip.js';
import { type City, siteOf } from '../city/model.js';
import type { DockerHost } from '../city/targets/docker/docker-host.js';
import type { Machine, Topology, Tunnels } from '../site/topology.js';

/** A host's place: the Docker host that runs it, and its address on the underlay. */
export interface Seat {
  readonly dockerHost: DockerHost;
  readonly address: string;
}

/** Every wire is a VXLAN between two containers (RFC 7348). */
export const TUNNELS: Tunnels = { device: 'eth0', port: 4789 };

/** Every host's place, by its name. */
export function seatsOf({ city, machines }: Topology): ReadonlyMap<string, Seat> {
  const homeOf = dockerHostsOf(city);
  return new Map(
    machines.map(machine => {
      const dockerHost = homeOf(machine);
      return [machine.name, { dockerHost, address: addressAt(dockerHost.underlay, placeOf(machine)) }];
    }),
  );
}

/** What is in no site runs where the primary does. In production every office has a router of its own. */
function dockerHostsOf(city: City): (machine: Machine) => DockerHost {
  const bySite = new Map(city.dockerHosts.flatMap(host => host.sites.map(site => [site, host] as const)));
  const home = bySite.get(siteOf(city, 'primary')?.number ?? city.sites[0]?.number ?? raise('a city without a site'));
  return ({ name, node }) => bySite.get(node.number) ?? home ?? raise(`${name} runs on no Docker host`);
}

/** The upper half of an underlay is for hosts of sites; below it a node has the place of its own number. */
const SITES = 0x8000;
const ROLE_ROOM = LIMITS.slots + 1;
/** Room for sixteen roles: a new one at the end of their list changes no address. */
const SITE_ROOM = 16 * ROLE_ROOM;

/** A machine's permanent place in every underlay, 1 to 65,534: from its permanent number, so that no other's changes it. */
export function placeOf({ node, role, slot }: Pick<Machine, 'node' | 'role' | 'slot'>): number {
  if (node.kind !== 'site') return node.number;
  return SITES + node.number * SITE_ROOM + SITE_HOST_ROLES.indexOf(role as SiteHostRole) * ROLE_ROOM + (slot ?? 0);
}

function raise(message: string): never {
  throw new Error(message); // the loader refuses it
}
