import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Users, usersIn } from '../../agents/contract/passwd.js';
import type { SecretStore } from '../image/secrets.js';
import { limitsOf } from '../site/container.js';
import type { Host } from '../site/host.js';
import { secretFile } from '../site/host.js';
import { type FileOwner, withHostFiles } from './host-files.js';
import type { StateFolder } from './state-folder.js';
import { tool } from './tool.js';

/** The users of an image. */
export const usersOf = async (imageRoot: string): Promise<Users> => usersIn(await readFile(join(imageRoot, 'etc/passwd'), 'utf8'));

/** No file in a host is a device, nor gives rights by its mode: neither there nor for a user of the machine. */
const HARMLESS = 'nosuid,nodev';

/**
 * Mounts a file system in memory for the folders of all hosts. It stays until the city is taken down or the machine restarts.
 *
 * A city is thousands of small files that come and go. Before ext4 creates a file it looks through all that were deleted in the last
 * minutes: on it a city taken down and up again took 38 s instead of 26, and every database waited for the disk.
 */
export async function mountHostsDisk({ hosts }: StateFolder): Promise<void> {
  mkdirSync(hosts);
  await tool('the disk of the hosts could not be made', ['mount', '-t', 'tmpfs', '-o', `mode=700,${HARMLESS}`, 'citydc', hosts]);
}

/**
 * Mounts every host's disk, of bounded size, and its root as an overlay: the shared image below, the host's own files above.
 *
 * One process mounts all of a kind. Disks are memory of the machine, each as it fills: all of them full would be more than it has, but
 * then a host's own limit (`limitsOf`) has stopped it. A host that was there before keeps the disk that it has.
 */
export async function mountRoots(state: StateFolder, imageRoot: string, hosts: readonly Host[]): Promise<void> {
  for (const { name } of hosts) for (const part of ['disk', 'root']) mkdirSync(join(state.host(name), part), { recursive: true });
  await mountAll(
    state,
    hosts.map(host => diskLine(state, host)),
  );
  for (const { name } of hosts) for (const part of ['upper', 'work']) mkdirSync(join(state.host(name), 'disk', part));
  await mountAll(
    state,
    hosts.map(({ name }) => rootLine(state, imageRoot, name)),
  );
}

async function mountAll(state: StateFolder, lines: readonly string[]): Promise<void> {
  const table = join(state.city, 'fstab');
  writeFileSync(table, lines.join(''));
  await tool('the disks of the hosts could not be mounted', ['mount', '--all', '--fstab', table]);
}

/** With a file for every page: their number is memory, too. */
function diskLine(state: StateFolder, host: Host): string {
  const { diskMib } = limitsOf(host);
  return mountLine('tmpfs', `${state.host(host.name)}/disk`, `mode=755,size=${diskMib}m,nr_inodes=${diskMib * PAGES_PER_MIB},${HARMLESS}`);
}
const PAGES_PER_MIB = 256;

function rootLine(state: StateFolder, imageRoot: string, name: string): string {
  const at = state.host(name);
  return mountLine('overlay', `${at}/root`, `lowerdir=${imageRoot},upperdir=${at}/disk/upper,workdir=${at}/disk/work,${HARMLESS}`);
}

const mountLine = (type: string, at: string, options: string): string =>
  `${[type, at, type, options, '0', '0'].map(field => field.replaceAll(' ', '\\040')).join(' ')}\n`;

/** Writes a host's folders, files and secrets into its root, with their owners and modes. */
export async function writeRoot(state: StateFolder, users: Users, secrets: SecretStore, host: Host): Promise<void> {
  const values = await Promise.all(host.secrets.map(({ name }) => secrets.value(name)));
  const owned = (owner: string, mode: number): FileOwner => ({ ...idsOf(users, owner), mode });
  withHostFiles(host.name, rootOf(state, host.name), files => {
    for (const { path, owner, mode } of host.folders) files.makeFolder(path, owned(owner, mode));
    for (const { path, content, owner = 'root', mode = 0o644 } of host.files) files.write(path, content, owned(owner, mode));
    for (const [index, { name, owner }] of host.secrets.entries()) files.write(secretFile(name), values[index] ?? '', owned(owner, 0o400));
  });
}

export const removeHostFile = (state: StateFolder, host: string, path: string): void =>
  withHostFiles(host, rootOf(state, host), files => files.remove(path));

export const readHostFile = (state: StateFolder, host: string, path: string): Buffer =>
  withHostFiles(host, rootOf(state, host), files => files.read(path));

const rootOf = (state: StateFolder, host: string): string => join(state.host(host), 'root');

function idsOf(users: Users, owner: string): { readonly uid: number; readonly gid: number } {
  const user = users.get(owner);
  if (user === undefined) throw new Error(`the image has no user '${owner}'`);
  return user;
}
