import { execa } from 'execa';
import { WorldError } from '../../city/problem.js';
import type { DockerHost } from '../../city/targets/docker/docker-host.js';
import { ask, type Client, dockerWords, environmentFor } from '../client.js';
import { imageName } from '../names.js';
import { connectTrouble, hintFor } from '../trouble.js';

/** Whether a Docker host has the image. */
const hasImage = async (client: Client, host: DockerHost, image: string): Promise<boolean> =>
  (await ask(client, host, ['image', 'inspect', '--format', '{{.Id}}', image])).exitCode === 0;

/** The Docker hosts that lack the image. */
export async function hostsWithout(client: Client, hosts: readonly DockerHost[], image: string): Promise<readonly DockerHost[]> {
  const has = await Promise.all(hosts.map(host => hasImage(client, host, image)));
  return hosts.filter((_, index) => !has[index]);
}

/** Options of tar that keep what the image has: owners by number, and the capability of `ping`. */
export const IMAGE_TAR = ['--numeric-owner', '--xattrs', '--xattrs-include=security.capability'] as const;

/** Where an image comes from: the root file system that the lab's hosts run from, or the archive of one. */
export type ImageSource = { readonly root: string } | { readonly archive: string };

/** Writes the image as an archive to its standard output; Docker unpacks what is compressed. */
const packer = (source: ImageSource): readonly [string, ...string[]] =>
  'root' in source ? ['tar', ...IMAGE_TAR, '-C', source.root, '-cf', '-', '.'] : ['cat', source.archive];

/**
 * Puts an image into a Docker host, tagged by what it was made of. No registry is needed.
 *
 * @throws {WorldError} when the Docker host has no room, or cannot be reached
 */
export async function importImage(
  client: Client,
  host: DockerHost,
  source: ImageSource,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  const [packing, ...packed] = packer(source);
  const [program = '', ...words] = dockerWords(client, host, ['import', '-', imageName(digest)]);
  const result = await execa(packing, packed, {
    reject: false,
    buffer: { stdout: false },
    cancelSignal: signal,
  }).pipe(program, words, { reject: false, cancelSignal: signal, env: environmentFor(host) });
  signal.throwIfAborted();
  // Docker would make half an image of half an archive.
  const failed = [...result.pipedFrom, result].find(each => each.failed);
  if (failed === undefined) return;
  throw (
    connectTrouble(host, { exitCode: result.exitCode ?? 1, stdout: '', stderr: result.stderr }) ??
    new WorldError(`the image could not be loaded into Docker host '${host.key}'`, {
      cause: result.stderr.trim() || failed.shortMessage,
      hint: hintFor(result.stderr),
    })
  );
}

const PULL_MS = 900_000;

/** Fetches the image from a registry that the operator names. @throws {WorldError} when it is not there */
export async function pullImage(client: Client, host: DockerHost, image: string): Promise<void> {
  const { exitCode, stderr } = await ask(client, host, ['pull', '--quiet', image], { timeoutMs: PULL_MS });
  if (exitCode === 0) return;
  throw new WorldError(`Docker host '${host.key}' cannot fetch ${image}`, {
    cause: stderr.trim(),
    hint: `push it there first (docker push ${image}), or leave --registry away: the image is then loaded from here`,
  });
}
