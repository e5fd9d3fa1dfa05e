import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import { ask, type Client } from '../client.js';
import { cityContainers } from './remove.js';
import { kept, PARALLELISM, type Terraform } from './terraform.js';

/**
 * Removes containers that terraform was killed over before it wrote them down: it would make them again, and Docker refuses a second one
 * of the same name. Their data is on volumes.
 *
 * @throws {WorldError} when it knows none, and there are more than it makes at a time: then its state is another one, or lost
 */
export async function removeStrays(client: Client, city: City, terraform: Terraform): Promise<void> {
  const all = await kept(terraform);
  const known = new Set(all.map(({ name }) => name));
  const knowsSome = all.some(({ address }) => address.startsWith('docker_container.'));
  for (const host of city.dockerHosts) {
    const strays = (await cityContainers(client, city, host)).map(({ name }) => name).filter(name => !known.has(name));
    if (!knowsSome && strays.length > PARALLELISM)
      throw new WorldError(`terraform does not know ${strays.length} containers of ${city.id} on Docker host '${host.key}'`, {
        hint: `give it back its state (README, "State"), or begin anew: citydc --fabric docker down; it keeps the data`,
      });
    if (strays.length > 0) await ask(client, host, ['rm', '--force', ...strays]);
  }
}
