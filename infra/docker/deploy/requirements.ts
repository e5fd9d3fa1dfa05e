/** What a Docker host must offer before a city is put on it: checked first, so that nothing is half done. */

import { overlaps, tryParseV4 } from '../../city/ip.js';
import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import type { DockerHost } from '../../city/targets/docker/docker-host.js';
import { type Client, demand } from '../client.js';
import { underlayName } from '../names.js';

/** Of Docker 20.10, the oldest that this was tried with. */
const LEAST_API = [1, 41] as const;
/** For a new city's volumes and logs, with room to spare. */
const LEAST_FREE_KIB = 4 * 2 ** 20;

/** @throws {WorldError} when a Docker host does not answer, is too old, or has the underlay's range in use */
export async function requireDocker(client: Client, host: DockerHost, city: City): Promise<void> {
  const version = await answer(client, host, ['version', '--format', '{{.Server.APIVersion}}']);
  const [major = 0, minor = 0] = version.trim().split('.').map(Number);
  if (major < LEAST_API[0] || (major === LEAST_API[0] && minor < LEAST_API[1]))
    throw new WorldError(`Docker host '${host.key}' speaks API ${version.trim()}; ${LEAST_API.join('.')} is needed`, {
      hint: 'update Docker there to 20.10 or later',
    });
  const others = (await networksOf(client, host)).filter(({ name }) => name !== underlayName(city));
  refuseOverlap(
    host,
    others.flatMap(({ name, subnets }) => subnets.map(subnet => ({ range: subnet, of: `its network ${name}` }))),
  );
}

const answer = (client: Client, host: DockerHost, words: readonly string[]): Promise<string> =>
  demand(client, host, words, {
    doing: `Docker host '${host.key}' cannot do what a city needs`,
    hint: `try it there: docker ${words.slice(0, 2).join(' ')}`,
  });

interface Network {
  readonly name: string;
  readonly subnets: readonly string[];
}

async function networksOf(client: Client, host: DockerHost): Promise<readonly Network[]> {
  const ids = (await answer(client, host, ['network', 'ls', '-q'])).split('\n').filter(id => id !== '');
  if (ids.length === 0) return [];
  const format = '{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}';
  const lines = await answer(client, host, ['network', 'inspect', '--format', format, ...ids]);
  return lines.split('\n').map(line => {
    const [name = '', ...subnets] = line.split(' ');
    return { name, subnets };
  });
}

function refuseOverlap(host: DockerHost, taken: readonly { readonly range: string; readonly of: string }[]): void {
  const clash = taken.find(({ range }) => tryParseV4(range) !== undefined && overlaps(range, host.underlay));
  if (clash === undefined) return;
  throw new WorldError(`${host.underlay} is in use on Docker host '${host.key}': ${clash.of} has ${clash.range}`, {
    hint: `give it another /16 as \`underlay\` under dockerHosts.${host.key} in city.yaml`,
  });
}

const PROBE = `ip link add probe type vxlan id 1 local 127.0.0.1 remote 127.0.0.2 dstport 4789 2> /dev/null && echo vxlan || echo none
df -Pk / | awk 'END { print $4 }'`;

/**
 * Checks kernel, room on the disk and the host's own routes from inside, by a container of the image that ends at once.
 *
 * @throws {WorldError} when something is missing
 */
export async function requireRoom(client: Client, host: DockerHost, city: City, image: string): Promise<void> {
  const inside = ['run', '--rm', '--network', 'none', '--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN', '--log-driver', 'none', image];
  const [vxlan, free] = (await answer(client, host, [...inside, 'sh', '-c', PROBE])).trim().split('\n');
  if (vxlan !== 'vxlan')
    throw new WorldError(`the kernel of Docker host '${host.key}' has no VXLAN, which every line of the city is`, {
      hint: 'load it there (modprobe vxlan), or take a kernel with CONFIG_VXLAN',
    });
  if (Number(free) < LEAST_FREE_KIB)
    throw new WorldError(
      `Docker host '${host.key}' has ${(Number(free) / 2 ** 20).toFixed(1)} GiB free; a city takes ${LEAST_FREE_KIB / 2 ** 20}`,
      {
        hint: 'make room there (docker system df)',
      },
    );
  refuseOverlap(host, await routesOf(client, host, city, image));
}

/** The routes of the machine itself, without that of the city's own network. */
async function routesOf(client: Client, host: DockerHost, city: City, image: string) {
  if ((await networksOf(client, host)).some(({ name }) => name === underlayName(city))) return [];
  const words = ['run', '--rm', '--network', 'host', '--cap-drop', 'ALL', '--log-driver', 'none', image, 'ip', '-4', 'route'];
  const routes = (await answer(client, host, words)).split('\n').map(line => line.split(' '));
  // A route towards other Docker hosts' underlays is as it should be, and a macvlan's range is that of its device.
  return routes
    .map(words => ({ range: words[0] ?? '', device: words[2] ?? '', via: words.includes('via') }))
    .filter(({ device, via }) => !via && device !== host.device)
    .map(({ range, device }) => ({ range, of: `its device ${device}` }));
}
