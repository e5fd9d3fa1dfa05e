import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import { ask, type Client } from '../client.js';
import { cityContainers, cityNetworks } from './remove.js';
import { kept, type Terraform } from './terraform.js';

/**
 * Removes what terraform was killed over before it wrote it down: it would make it again, and Docker refuses a second one of the same
 * name. Data is on volumes, which it takes as they are.
 *
 * @param applied whether the city was ever applied to the end
 * @throws {WorldError} when it was, and terraform knows nothing of it: then its state is another one, or lost
 */
export async function removeStrays(client: Client, city: City, terraform: Terraform, applied: boolean): Promise<void> {
  const known = new Set((await kept(terraform)).map(({ name }) => name));
  for (const host of city.dockerHosts) {
    const unknown = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).filter(name => !known.has(name));
    const containers = unknown(await cityContainers(client, city, host));
    if (applied && known.size === 0 && containers.length > 0)
      throw new WorldError(`terraform knows nothing of ${city.id}, which runs on Docker host '${host.key}'`, {
        hint: 'give it back its state (README, "State"), or begin anew: citydc --fabric docker down; it keeps the data',
      });
    if (containers.length > 0) await ask(client, host, ['rm', '--force', ...containers]);
    for (const network of unknown(await cityNetworks(client, city, host))) await ask(client, host, ['network', 'rm', network]);
  }
}
