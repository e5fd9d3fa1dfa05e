import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Users, usersIn } from '../../agents/contract/passwd.js';
import type { SecretStore } from '../image/secrets.js';
import type { Host, HostFile } from '../site/host.js';
import { secretFile } from '../site/host.js';
import type { StateFolder } from './state-folder.js';
import { tool } from './tool.js';

/** The users of an image. */
export const usersOf = async (imageRoot: string): Promise<Users> => usersIn(await readFile(join(imageRoot, 'etc/passwd'), 'utf8'));

/**
 * Mounts a file system in memory for all that hosts write. It stays until the city is taken down or the machine restarts.
 *
 * A city is thousands of small files that come and go. Before ext4 creates a file it looks through all that were deleted in the last
 * minutes: on it a city taken down and up again took 38 s instead of 26, and every database waited for the disk.
 */
export async function mountHostsDisk({ hosts }: StateFolder): Promise<void> {
  mkdirSync(hosts);
  await tool('the disk of the hosts could not be made', ['mount', '-t', 'tmpfs', '-o', 'mode=755', 'citydc', hosts]);
}

/** Mounts every host's root as an overlay: the shared image below, the host's own files above. One process mounts them all. */
export async function mountRoots(state: StateFolder, imageRoot: string, hosts: readonly Host[]): Promise<void> {
  for (const { name } of hosts) for (const part of ['upper', 'work', 'root']) mkdirSync(join(state.host(name), part), { recursive: true });
  const table = join(state.city, 'fstab');
  writeFileSync(table, hosts.map(({ name }) => mountLine(state, imageRoot, name)).join(''));
  await tool('the disks of the hosts could not be mounted', ['mount', '--all', '--fstab', table]);
}

function mountLine(state: StateFolder, imageRoot: string, name: string): string {
  const at = state.host(name);
  const options = `lowerdir=${imageRoot},upperdir=${at}/upper,workdir=${at}/work`;
  return `${['overlay', `${at}/root`, 'overlay', options, '0', '0'].map(field => field.replaceAll(' ', '\\040')).join(' ')}\n`;
}

/** Writes a host's folders, files and secrets into its root, with their owners and modes. */
export async function writeRoot(state: StateFolder, users: Users, secrets: SecretStore, host: Host): Promise<void> {
  for (const { path, owner, mode } of host.folders) makeFolder(inside(state, host.name, path), users, owner, mode);
  for (const file of host.files) writeHostFile(state, users, host.name, file);
  for (const { name, owner } of host.secrets) {
    write(inside(state, host.name, secretFile(name)), await secrets.value(name), users, owner, 0o400);
  }
}

const writeHostFile = (state: StateFolder, users: Users, host: string, { path, content, owner = 'root', mode = 0o644 }: HostFile): void =>
  write(inside(state, host, path), content, users, owner, mode);

export const removeHostFile = (state: StateFolder, host: string, path: string): void => rmSync(inside(state, host, path), { force: true });

/** The path on this machine of a path inside a host, while its root is mounted. */
export const inside = (state: StateFolder, host: string, path: string): string => join(state.host(host), 'root', path);

// Synchronous: there are thousands of small files, and a promise each costs more than the file.
function write(path: string, content: string | Buffer, users: Users, owner: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  // Replaced, not written into: a file of mode 0400 cannot be, and a running process keeps the content that it has open.
  rmSync(path, { force: true });
  writeFileSync(path, content, { mode });
  if (owner !== 'root') chownSync(path, ...idsOf(users, owner));
}

function makeFolder(path: string, users: Users, owner: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  chownSync(path, ...idsOf(users, owner));
}

function idsOf(users: Users, owner: string): [number, number] {
  const user = users.get(owner);
  if (user === undefined) throw new Error(`the image has no user '${owner}'`);
  return [user.uid, user.gid];
}
