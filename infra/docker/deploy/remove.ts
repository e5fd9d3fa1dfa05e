/** Removes a city from its Docker hosts: everything with its label, whatever terraform knows. */

import pLimit from 'p-limit';
import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import type { DockerHost } from '../../city/targets/docker/docker-host.js';
import type { Progress } from '../../image/build.js';
import { ask, type Client, demand } from '../client.js';
import { isData } from '../data.js';
import { CITY_LABEL, underlayName, volumeName } from '../names.js';
import { knownHint } from '../trouble.js';

export interface RemoveOptions {
  readonly client: Client;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Containers removed by one call, while others are detached from the network; and calls at a time. */
const BATCH = 16;
const CALLS = 2;

/**
 * Removes a city's containers from its Docker hosts: detaches them from the underlay one after the other, and removes them then.
 *
 * Docker 20.10 loses count of a network's containers when many leave at once, and keeps the network until it is started anew
 * (moby/moby#42119; 1 of 4 times with 150 containers that ended 50 at a time). And this takes half of terraform's time.
 *
 * @throws {WorldError} when a Docker host does not answer, or a container stays
 */
export async function removeContainers(city: City, options: RemoveOptions): Promise<void> {
  let [removed, all] = [0, 0];
  await Promise.all(city.dockerHosts.map(host => removeFrom(host)));

  async function removeFrom(host: DockerHost): Promise<void> {
    const { client, progress, signal } = options;
    const underlay = underlayName(city);
    const found = await cityContainers(client, city, host);
    all += found.length;
    const limit = pLimit(CALLS);
    const removing: Promise<void>[] = [];
    for (let first = 0; first < found.length; first += BATCH) {
      const batch = found.slice(first, first + BATCH);
      for (const { name, networks } of batch) {
        signal.throwIfAborted();
        // One that has ended meanwhile is detached already.
        if (networks.includes(underlay)) await ask(client, host, ['network', 'disconnect', '--force', underlay, name]);
      }
      removing.push(limit(() => remove(host, batch)));
    }
    await Promise.all(removing);
    const [left] = await cityContainers(client, city, host);
    if (left !== undefined) throw stays(host, 'container', left.name, 'docker rm -f', '');

    async function remove(from: DockerHost, batch: readonly Container[]): Promise<void> {
      await ask(client, from, ['rm', '--force', ...batch.map(({ name }) => name)]);
      removed += batch.length;
      progress('removing containers', removed, all);
    }
  }
}

/**
 * Removes a city's volumes and networks from its Docker hosts, when no container uses them any more. terraform would take two seconds
 * for each, and a city has hundreds.
 *
 * @param data whether volumes with data that cannot be recreated are removed, too
 * @throws {WorldError} when a Docker host does not answer, or one of them stays
 */
export async function removeRest(city: City, { data, client, signal }: RemoveOptions & { readonly data: boolean }): Promise<void> {
  const goes = ({ name }: Named) => data || !isData(name.slice(volumeName(city, '').length));
  const removeAll = async (host: DockerHost, what: 'volume' | 'network', list: () => Promise<readonly Named[]>) => {
    signal.throwIfAborted();
    const found = await list();
    if (found.length === 0) return;
    const { stderr } = await ask(client, host, [what, 'rm', ...found.map(({ name }) => name)], { timeoutMs: REST_MS });
    const [left] = await list();
    if (left !== undefined) throw stays(host, what, left.name, `docker ${what} rm`, stderr);
  };
  await Promise.all(
    city.dockerHosts.map(async host => {
      await removeAll(host, 'volume', async () => (await cityVolumes(client, city, host)).filter(goes));
      await removeAll(host, 'network', () => cityNetworks(client, city, host));
    }),
  );
}

/** Measured: 2 s for the 333 volumes of a new city. */
const REST_MS = 600_000;

const stays = ({ key }: DockerHost, what: string, name: string, command: string, said: string): WorldError =>
  new WorldError(`${what} ${name} cannot be removed from Docker host '${key}'`, {
    cause: said.trim(),
    hint: knownHint(said) ?? `see why there: ${command} ${name}; then run the command again`,
  });

interface Named {
  readonly name: string;
}

export interface Container extends Named {
  readonly networks: readonly string[];
}

/** All containers of a city on a Docker host, in any state. @throws {WorldError} when it does not answer */
export async function cityContainers(client: Client, city: City, host: DockerHost): Promise<readonly Container[]> {
  const rows = await listed(client, city, host, ['ps', '--all', '--format', '{{.Names}} {{.Networks}}']);
  return rows.map(row => {
    const [name = '', networks = ''] = row.split(' ');
    return { name, networks: networks.split(',') };
  });
}

const cityVolumes = (client: Client, city: City, host: DockerHost): Promise<readonly Named[]> => namedOf(client, city, host, 'volume');

/** All networks of a city on a Docker host. @throws {WorldError} when it does not answer */
export const cityNetworks = (client: Client, city: City, host: DockerHost): Promise<readonly Named[]> =>
  namedOf(client, city, host, 'network');

const namedOf = async (client: Client, city: City, host: DockerHost, what: string): Promise<readonly Named[]> =>
  (await listed(client, city, host, [what, 'ls', '--format', '{{.Name}}'])).map(name => ({ name }));

async function listed(client: Client, { id }: City, host: DockerHost, words: readonly string[]): Promise<readonly string[]> {
  const stdout = await demand(client, host, [...words, '--filter', `label=${CITY_LABEL}=${id}`], {
    doing: `Docker host '${host.key}' does not list what it has of ${id}`,
    hint: 'run the command again',
  });
  return stdout.split('\n').filter(line => line !== '');
}
