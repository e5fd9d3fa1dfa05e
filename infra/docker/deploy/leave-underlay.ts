import type { City, DockerHost } from '../../city/model.js';
import type { Progress } from '../../image/build.js';
import { ask, type Client } from '../client.js';
import { underlayName } from '../names.js';

export interface LeaveOptions {
  readonly client: Client;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Takes the containers of a city off the underlay of each Docker host, one after the other.
 *
 * Docker 20.10 loses count of a network's containers when many end at once, and keeps the network until it is started anew
 * (moby/moby#42119; 1 of 4 times with 150 containers that ended 50 at a time). Who has left before is not counted down.
 *
 * @throws {WorldError} when a Docker host does not answer
 */
export async function leaveUnderlay(city: City, options: LeaveOptions): Promise<void> {
  let [left, all] = [0, 0];
  await Promise.all(city.dockerHosts.map(host => leaveOn(host)));

  async function leaveOn(host: DockerHost): Promise<void> {
    const underlay = underlayName(city);
    const { stdout } = await ask(options.client, host, ['ps', '--filter', `network=${underlay}`, '--format', '{{.Names}}']);
    const names = stdout.split('\n').filter(name => name !== '');
    all += names.length;
    for (const name of names) {
      options.signal.throwIfAborted();
      // One that has ended meanwhile has left, too.
      await ask(options.client, host, ['network', 'disconnect', '--force', underlay, name]);
      options.progress('containers leave the network', ++left, all);
    }
  }
}
