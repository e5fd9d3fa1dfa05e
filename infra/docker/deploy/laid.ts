import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import type { DockerHost } from '../../city/targets/docker/docker-host.js';
import { ask, type Client, demand } from '../client.js';
import { containerName } from '../names.js';

/**
 * Returns when all configuration containers have succeeded: all hosts have applied their changed files.
 *
 * @throws {WorldError} naming the first that has not
 */
export async function requireLaid(client: Client, city: City): Promise<void> {
  for (const host of city.dockerHosts) {
    const [failed] = await failedOn(client, city, host);
    if (failed !== undefined)
      throw new WorldError(`not all hosts have applied their new files: ${failed.trim()}`, {
        hint: `see which on Docker host '${host.key}': docker logs ${failed.split(' ')[0]}; then run the command again`,
      });
  }
}

/**
 * Removes the configuration containers that have failed, so that the next apply makes them anew: terraform finds nothing wrong with a
 * container that ended. Their hosts are then notified again.
 *
 * @throws {WorldError} when one stays
 */
export async function removeFailed(client: Client, city: City): Promise<void> {
  for (const host of city.dockerHosts) {
    const names = (await failedOn(client, city, host)).map(line => line.split(' ')[0] ?? '');
    if (names.length > 0)
      await demand(client, host, ['rm', '--force', ...names], {
        doing: `what failed before cannot be tried again on Docker host '${host.key}'`,
        hint: `remove it there (docker rm -f ${names.join(' ')}), then run the command again`,
      });
  }
}

/** The sites and aggregation nodes, as `n73`, whose hosts have not all applied their files. */
export async function groupsNotApplied(client: Client, city: City): Promise<readonly string[]> {
  const lines = await Promise.all(city.dockerHosts.map(host => failedOn(client, city, host)));
  return lines.flat().map(line => (line.split(' ')[0] ?? '').slice(containerName(city, 'lay-').length));
}

async function failedOn(client: Client, city: City, host: DockerHost): Promise<readonly string[]> {
  const words = ['ps', '--all', '--filter', `name=^/?${containerName(city, 'lay-')}`, '--format', '{{.Names}} {{.Status}}'];
  const { stdout } = await ask(client, host, words);
  return stdout.split('\n').filter(line => /Exited \((?!0\))/.test(line));
}
