import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { IN_READY, type ReadyHost, VOLUME } from '../contract/ready.js';

export interface Place {
  /** Folder with a folder of secrets a host, and folder with the volume of each host. */
  readonly secrets: string;
  readonly hosts: string;
  readonly owners: ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;
}

/** What became of a host's files: it had them, they lie ready for its start, it has put them into force, could not, or has not said so. */
export type Told = 'unchanged' | 'ready' | 'in force' | 'not in force' | 'did not answer';

/** How long a host may take to put its files into force: a restart of several processes, on a machine with much to do. */
const ANSWER_MS = 300_000;

/**
 * Lays a host's files ready on its volume and tells it. In one step: a host that starts meanwhile sees the old ones or the new.
 *
 * Safe to run again: a host that has these files already is left alone.
 */
export async function layReady(place: Place, host: ReadyHost): Promise<Told> {
  const volume = join(place.hosts, host.name);
  const secrets = await Promise.all(host.secrets.map(({ file }) => readFile(join(place.secrets, host.name, file))));
  const folder = `ready-${digestOf(host, secrets)}`;
  const before = await readlink(join(volume, VOLUME.current)).catch(() => undefined);
  if (before === folder) return 'unchanged';
  await rm(join(volume, folder), { recursive: true, force: true });
  await writeAll(place, host, secrets, join(volume, folder));
  for (const pipe of [VOLUME.changed, VOLUME.done, VOLUME.failed]) await makePipe(join(volume, pipe));
  const next = join(volume, `${VOLUME.current}.new`);
  await rm(next, { force: true });
  await symlink(folder, next);
  await rename(next, join(volume, VOLUME.current));
  const told = before === undefined ? 'ready' : await tell(volume);
  for (const name of await readdir(volume))
    if (name.startsWith('ready-') && name !== folder) await rm(join(volume, name), { recursive: true });
  return told;
}

const digestOf = (host: ReadyHost, secrets: readonly Buffer[]): string => {
  const hash = createHash('sha256').update(JSON.stringify(host));
  for (const secret of secrets) hash.update(secret);
  return hash.digest('hex').slice(0, 16);
};

async function writeAll(place: Place, host: ReadyHost, secrets: readonly Buffer[], folder: string): Promise<void> {
  const root = join(folder, IN_READY.root);
  for (const { path, content, owner, mode } of host.files) await write(place, join(root, path), content, owner, Number.parseInt(mode, 8));
  for (const [index, { path, owner }] of host.secrets.entries()) await write(place, join(root, path), secrets[index] ?? '', owner, 0o400);
  await writeFile(join(folder, IN_READY.manifest), host.manifest);
  await writeFile(join(folder, IN_READY.folders), host.folders);
}

async function write({ owners }: Place, path: string, content: string | Buffer, owner: string, mode: number): Promise<void> {
  const ids = owners.get(owner);
  if (ids === undefined) throw new Error(`the image has no user '${owner}', who shall own ${path}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode });
  await chmod(path, mode);
  await chown(path, ids.uid, ids.gid);
}

async function makePipe(path: string): Promise<void> {
  if (!existsSync(path)) await promisify(execFile)('mkfifo', ['-m', '0644', path]);
}

/** A pipe opens for writing when the host has it open for reading: it waits for news there, and opens the other when it has acted. */
async function tell(volume: string): Promise<Told> {
  const news = await open(join(volume, VOLUME.changed), constants.O_WRONLY | constants.O_NONBLOCK).catch(refuseUnlessNobodyReads);
  // It is off, and takes its files when it starts.
  if (news === undefined) return 'ready';
  await news.close();
  return answer(volume);
}

function refuseUnlessNobodyReads(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENXIO') throw cause;
}

/** Asked again rather than waited for inside an open, which would hold one of Node's few threads. */
async function answer(volume: string): Promise<Told> {
  const giveUpAt = performance.now() + ANSWER_MS;
  while (performance.now() < giveUpAt) {
    if (await isRead(join(volume, VOLUME.done))) return 'in force';
    if (await isRead(join(volume, VOLUME.failed))) return 'not in force';
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return 'did not answer';
}

async function isRead(pipe: string): Promise<boolean> {
  const end = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(refuseUnlessNobodyReads);
  await end?.close();
  return end !== undefined;
}
