import { ask } from './client.js';
import { byDockerHost } from './containers.js';
import type { Docked } from './fabric.js';
import { containerName } from './names.js';
import { seatsOf } from './seats.js';

const FORMAT = '{{.Name}}\t{{.State.Running}} {{.State.StartedAt}}';

/** The last start of each host's container and whether it runs, as one text: another text means another start. Missing ones have none. */
export async function startTimes({ topology, client }: Docked, hosts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { city } = topology;
  const lists = [...byDockerHost(seatsOf(topology), hosts)].map(async ([dockerHost, here]) => {
    const words = ['inspect', '--type', 'container', '--format', FORMAT, ...here.map(host => containerName(city, host))];
    const lines = (await ask(client, dockerHost, words)).stdout.split('\n').map(line => line.split('\t'));
    const found = new Map(lines.map(([name = '', time = '']) => [name.replace(/^\//, ''), time]));
    return here.flatMap(host => {
      const time = found.get(containerName(city, host));
      return time === undefined ? [] : [[host, time] as const];
    });
  });
  return new Map((await Promise.all(lists)).flat());
}
