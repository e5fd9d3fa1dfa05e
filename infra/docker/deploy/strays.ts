import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import { ask, type Client } from '../client.js';
import type { Deployed } from '../deployed.js';
import { cityContainers, cityNetworks } from './remove.js';
import { kept, type Terraform } from './terraform.js';

/**
 * Removes containers and networks that a killed terraform made without recording them: it would make them again, and Docker refuses
 * two of the same name. Data is on volumes, which it takes over as they are.
 *
 * @param before what was deployed from here
 * @throws {WorldError} when terraform knows the city and this state folder does not, or the other way round
 */
export async function removeStrays(client: Client, city: City, terraform: Terraform, before: Deployed | undefined): Promise<void> {
  const all = await kept(terraform);
  if (before === undefined && all.some(({ address }) => address.startsWith('docker_container.')))
    throw new WorldError(`${city.id} runs, and was deployed from another state folder, which has its secrets`, {
      hint: 'copy secrets/ and docker/city.json from that one into this one, then run the command again',
    });
  const known = new Set(all.map(({ name }) => name));
  for (const host of city.dockerHosts) {
    const unknown = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).filter(name => !known.has(name));
    const containers = unknown(await cityContainers(client, city, host));
    if (before?.applied === true && known.size === 0 && containers.length > 0)
      throw new WorldError(`terraform knows nothing of ${city.id}, which runs on Docker host '${host.key}'`, {
        hint: 'give it back its state (infra/docker/MANUAL.md, "State"), or begin anew: citydc --fabric docker down; it keeps the data',
      });
    if (containers.length > 0) await ask(client, host, ['rm', '--force', ...containers]);
    for (const network of unknown(await cityNetworks(client, city, host))) await ask(client, host, ['network', 'rm', network]);
  }
}
