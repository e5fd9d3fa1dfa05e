import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import { ask, type Client } from '../client.js';
import { containerName } from '../names.js';

/**
 * Whether the containers that lay files ready have ended well: all hosts have put their changed files into force.
 *
 * @throws {WorldError} naming the first that has not
 */
export async function requireLaid(client: Client, city: City): Promise<void> {
  const words = ['ps', '--all', '--filter', `name=^/?${containerName(city, 'lay-')}`, '--format', '{{.Names}} {{.Status}}'];
  for (const host of city.dockerHosts) {
    const { stdout } = await ask(client, host, words);
    const failed = stdout.split('\n').find(line => /Exited \((?!0\))/.test(line));
    if (failed !== undefined)
      throw new WorldError(`not all hosts have put their new files into force: ${failed.trim()}`, {
        hint: `see which on Docker host '${host.key}': docker logs ${failed.split(' ')[0]}; then run the command again`,
      });
  }
}
