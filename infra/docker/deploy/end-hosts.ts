import pLimit from 'p-limit';
import type { City, DockerHost } from '../../city/model.js';
import type { Progress } from '../../image/build.js';
import { ask, type Client } from '../client.js';
import { underlayName } from '../names.js';

export interface EndOptions {
  readonly client: Client;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Ended at a time on a Docker host, beside the one that leaves the network. */
const SIDE_BY_SIDE = 8;

/**
 * Ends a city's hosts on each Docker host: takes them off the underlay one after the other, and ends each that has left.
 *
 * Docker 20.10 loses count of a network's containers when many leave at once, and keeps the network until it is started anew
 * (moby/moby#42119; 1 of 4 times with 150 containers that ended 50 at a time).
 *
 * @throws {WorldError} when a Docker host does not answer
 */
export async function endHosts(city: City, options: EndOptions): Promise<void> {
  let [ended, all] = [0, 0];
  await Promise.all(city.dockerHosts.map(host => endOn(host)));

  async function endOn(host: DockerHost): Promise<void> {
    const { client, progress, signal } = options;
    const underlay = underlayName(city);
    const { stdout } = await ask(client, host, ['ps', '--filter', `network=${underlay}`, '--format', '{{.Names}}']);
    const names = stdout.split('\n').filter(name => name !== '');
    all += names.length;
    const limit = pLimit(SIDE_BY_SIDE);
    const ending: Promise<unknown>[] = [];
    for (const name of names) {
      signal.throwIfAborted();
      // Neither fails what matters: one that has ended meanwhile has left, too.
      await ask(client, host, ['network', 'disconnect', '--force', underlay, name]);
      ending.push(limit(() => ask(client, host, ['kill', name])).then(() => progress('ending hosts', ++ended, all)));
    }
    await Promise.all(ending);
  }
}
