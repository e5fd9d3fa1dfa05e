import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import type { DockerHost } from '../../city/targets/docker/docker-host.js';
import type { Client } from '../client.js';
import { cityContainers } from './remove.js';

/**
 * Returns when the running city can become the wanted one: it is the same city, on the same Docker hosts. Elsewhere terraform would find
 * nothing, and start with empty databases beside those that run.
 *
 * @throws {WorldError} when it cannot
 */
export async function requireSameCity(client: Client, before: City, after: City): Promise<void> {
  if (before.id !== after.id)
    throw new WorldError(`${before.id} runs from this state folder, and ${after.id} is another city`, {
      hint: 'take it down first (citydc --fabric docker down), or give the other one a folder of its own in CITYDC_STATE',
    });
  const moved = moves(before, after);
  if (moved !== undefined) throw new WorldError(`the Docker hosts of a city that runs cannot change: ${moved}`, { hint: MOVE });
  for (const host of after.dockerHosts) await requireContainers(client, before, host);
}

const MOVE =
  'change it back; or take the city down first (citydc --fabric docker down) and up again: its data stays where it was, and does not move along';

/** What has changed of the Docker hosts, apart from how they are reached. */
function moves(before: City, after: City): string | undefined {
  if ((before.dockerHosts.length === 1) !== (after.dockerHosts.length === 1)) return 'there was one, or is to be one';
  return before.dockerHosts.map(host => moved(host, after)).find(text => text !== undefined);
}

function moved(host: DockerHost, after: City): string | undefined {
  const next = after.dockerHosts.find(({ key }) => key === host.key);
  if (next === undefined) return `'${host.key}' is gone`;
  const fields = ['sites', 'underlay', 'device'] as const;
  const field = fields.find(each => String(host[each]) !== String(next[each]));
  return field && `${field} of '${host.key}' was ${host[field]}, and is to be ${next[field]}`;
}

/** Another `connect` to the same daemon is accepted, and a new Docker host in place of a lost one; not while the old one still runs its part. */
async function requireContainers(client: Client, before: City, host: DockerHost): Promise<void> {
  const known = before.dockerHosts.find(({ key }) => key === host.key);
  if (known === undefined || known.connect === host.connect) return;
  if ((await cityContainers(client, before, host)).length > 0) return;
  if ((await cityContainers(client, before, known).catch(() => [])).length === 0) return;
  throw new WorldError(`Docker host '${host.key}' at ${host.connect} has nothing of ${before.id}, which ran at ${known.connect}`, {
    hint: MOVE,
  });
}
