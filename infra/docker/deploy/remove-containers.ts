import pLimit from 'p-limit';
import type { City, DockerHost } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import type { Progress } from '../../image/build.js';
import { ask, type Client } from '../client.js';
import { CITY_LABEL, underlayName } from '../names.js';

export interface RemoveOptions {
  readonly client: Client;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Removed by one call, while others leave the network; and so many calls at a time. */
const BATCH = 16;
const CALLS = 2;

/**
 * Removes a city's containers from its Docker hosts: takes them off the underlay one after the other, and removes those that have left.
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
    const found = await containersOf(city, client, host);
    all += found.length;
    const limit = pLimit(CALLS);
    const removing: Promise<void>[] = [];
    for (let first = 0; first < found.length; first += BATCH) {
      const batch = found.slice(first, first + BATCH);
      for (const { name, networks } of batch) {
        signal.throwIfAborted();
        // One that has ended meanwhile has left, too.
        if (networks.includes(underlay)) await ask(client, host, ['network', 'disconnect', '--force', underlay, name]);
      }
      removing.push(limit(() => remove(host, batch)));
    }
    await Promise.all(removing);
    const [left] = await containersOf(city, client, host);
    if (left !== undefined)
      throw new WorldError(`container ${left.name} cannot be removed from Docker host '${host.key}'`, {
        hint: `see why: docker rm -f ${left.name}; then run the command again`,
      });

    async function remove(from: DockerHost, batch: readonly Container[]): Promise<void> {
      await ask(client, from, ['rm', '--force', ...batch.map(({ name }) => name)]);
      removed += batch.length;
      progress('removing containers', removed, all);
    }
  }
}

interface Container {
  readonly name: string;
  readonly networks: readonly string[];
}

async function containersOf({ id }: City, client: Client, host: DockerHost): Promise<readonly Container[]> {
  const words = ['ps', '--all', '--filter', `label=${CITY_LABEL}=${id}`, '--format', '{{.Names}} {{.Networks}}'];
  const { stdout } = await ask(client, host, words);
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [name = '', networks = ''] = line.split(' ');
      return { name, networks: networks.split(',') };
    });
}
