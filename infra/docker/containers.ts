/** The containers of a city as their Docker hosts list them. */

import { grouped } from '../city/grouped.js';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import type { DockerHost } from '../city/targets/docker/docker-host.js';
import { ask, type Client } from './client.js';
import { containerName } from './names.js';
import type { Seat } from './seats.js';

export interface ContainerState {
  readonly host: string;
  /** In Docker's words, as `running` or `exited`; `missing` where there is no such container. */
  readonly state: string;
  /** In Docker's words, as `Up 2 minutes (healthy)`. */
  readonly status: string;
}

/** Hosts by the Docker host that runs them, in order. */
export const byDockerHost = (seats: ReadonlyMap<string, Seat>, hosts: readonly string[]): ReadonlyMap<DockerHost, readonly string[]> =>
  grouped(hosts, host => {
    const seat = seats.get(host);
    return seat === undefined ? [] : [seat.dockerHost];
  });

const FORMAT = '{{.Names}}\t{{.State}}\t{{.Status}}';

/** The states of hosts' containers, in the order of `hosts`: one request, however many there are. @throws {WorldError} when it does not answer */
export async function listContainers(
  client: Client,
  city: City,
  dockerHost: DockerHost,
  hosts: readonly string[],
): Promise<readonly ContainerState[]> {
  const words = ['ps', '--all', '--no-trunc', '--filter', `name=^${city.id}-`, '--format', FORMAT];
  const { exitCode, stdout, stderr } = await ask(client, dockerHost, words);
  if (exitCode !== 0)
    throw new WorldError(`the containers of Docker host '${dockerHost.key}' could not be listed`, { cause: stderr.trim() });
  const found = parseList(stdout);
  return hosts.map(host => ({ host, ...(found.get(containerName(city, host)) ?? { state: 'missing', status: '' }) }));
}

function parseList(text: string): ReadonlyMap<string, Omit<ContainerState, 'host'>> {
  const rows = text.split('\n').map(line => line.split('\t'));
  return new Map(rows.flatMap(([name, state, status = '']) => (name && state ? [[name, { state, status }] as const] : [])));
}

/** Whether a host is on. A container that is paused, or between two starts, does nothing: it is off. */
export const isOn = ({ state }: Pick<ContainerState, 'state'>): boolean => state === 'running';

/** Whether its health check failed: some of its processes do not run. */
export const isUnhealthy = ({ status }: Pick<ContainerState, 'status'>): boolean => status.includes('(unhealthy)');
