import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Host, HostFile } from '../site/host.js';
import { secretFile } from '../site/host.js';
import type { SecretStore } from './secrets.js';
import type { StateFolder } from './state-folder.js';

/** Numeric ids of the image's users, by name. */
export type Users = ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;

export async function usersOf(imageRoot: string): Promise<Users> {
  const passwd = await readFile(join(imageRoot, 'etc/passwd'), 'utf8');
  return new Map(
    passwd.split('\n').flatMap(line => {
      const [name, , uid, gid] = line.split(':');
      return name === undefined || uid === undefined || gid === undefined ? [] : [[name, { uid: Number(uid), gid: Number(gid) }] as const];
    }),
  );
}

/** Mounts every host's root: the shared image below, the host's own files above. */
export async function mountRoots(state: StateFolder, imageRoot: string, hosts: readonly Host[]): Promise<void> {
  const words = hosts.flatMap(({ name }) => [name, state.host(name)]);
  await Promise.all(
    hosts.flatMap(({ name }) => ['upper', 'work', 'root'].map(part => mkdir(join(state.host(name), part), { recursive: true }))),
  );
  const script =
    'image=$1; shift; while [ $# -gt 0 ]; do mount -t overlay -o "lowerdir=$image,upperdir=$2/upper,workdir=$2/work" "citydc-$1" "$2/root"; shift 2; done';
  await execa('sh', ['-ec', script, 'sh', imageRoot, ...words]);
}

/** Writes a host's folders, files and secrets into its root, owned as they say. */
export async function furnish(state: StateFolder, users: Users, secrets: SecretStore, host: Host): Promise<void> {
  for (const { path, owner, mode } of host.folders) await makeFolder(inside(state, host.name, path), users, owner, mode);
  for (const file of host.files) await writeHostFile(state, users, host.name, file);
  for (const { name, owner } of host.secrets) {
    await write(inside(state, host.name, secretFile(name)), await secrets.value(name), users, owner, 0o400);
  }
}

export const writeHostFile = (
  state: StateFolder,
  users: Users,
  host: string,
  { path, content, owner = 'root', mode = 0o644 }: HostFile,
): Promise<void> => write(inside(state, host, path), content, users, owner, mode);

export const removeHostFile = (state: StateFolder, host: string, path: string): Promise<void> =>
  rm(inside(state, host, path), { force: true });

/** Where a host's path lies on this machine while its root is mounted. */
export const inside = (state: StateFolder, host: string, path: string): string => join(state.host(host), 'root', path);

async function write(path: string, content: string | Buffer, users: Users, owner: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // A 0400 file is replaced, not written into; a running process keeps what it has open.
  await rm(path, { force: true });
  await writeFile(path, content, { mode });
  if (owner !== 'root') await chown(path, ...idsOf(users, owner));
}

async function makeFolder(path: string, users: Users, owner: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, mode);
  await chown(path, ...idsOf(users, owner));
}

function idsOf(users: Users, owner: string): [number, number] {
  const user = users.get(owner);
  if (user === undefined) throw new Error(`the image has no user '${owner}'`);
  return [user.uid, user.gid];
}
