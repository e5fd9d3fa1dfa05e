import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { IN_READY, type ReadyHost, VOLUME } from '../contract/ready.js';
import { replaceBy } from '../contract/replace.js';

export interface ReadyVolume {
  /** Folder with a folder of secrets a host, and folder with the volume of each host. */
  readonly secrets: string;
  readonly hosts: string;
  readonly owners: ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;
}

/**
 * What became of a host's files: they are in force as it said before, lie ready for its start, it has put them into force, could not, or
 * has not said so.
 */
export type Told = 'unchanged' | 'ready' | 'in force' | 'not in force' | 'did not answer';

/** How long a host may take to put its files into force: a restart of several processes, on a machine with much to do. */
const ANSWER_MS = 300_000;

/**
 * Lays a host's files ready on its volume and tells it. In one step: a host that starts meanwhile sees the old ones or the new.
 *
 * Safe to run again: a host that has said that these files are in force is left alone, and any other is told again.
 */
export async function layReady(place: ReadyVolume, host: ReadyHost): Promise<Told> {
  const volume = join(place.hosts, host.name);
  const secrets = await Promise.all(host.secrets.map(({ file }) => readFile(join(place.secrets, host.name, file))));
  const folder = `ready-${shortDigest(JSON.stringify(host), ...secrets)}`;
  const inForce = join(volume, folder, IN_READY.inForce);
  const before = await readlink(join(volume, VOLUME.current)).catch(() => undefined);
  if (before !== folder) {
    await rm(join(volume, folder), { recursive: true, force: true });
    await writeAll(place, host, secrets, join(volume, folder));
    await makeCurrent(volume, folder);
  } else if (existsSync(inForce)) return 'unchanged';
  const told = before === undefined ? 'ready' : await tell(volume);
  // Beside the files that it is said of: with them it goes.
  if (told === 'in force') await writeFile(inForce, '');
  for (const name of await readdir(volume))
    if (name.startsWith('ready-') && name !== folder) await rm(join(volume, name), { recursive: true });
  return told;
}

async function makeCurrent(volume: string, folder: string): Promise<void> {
  for (const pipe of [VOLUME.changed, VOLUME.done, VOLUME.failed, VOLUME.on]) await makePipe(join(volume, pipe));
  await replaceBy(join(volume, VOLUME.current), async beside => {
    // A killed run may have left one.
    await rm(beside, { force: true });
    await symlink(folder, beside);
  });
}

function shortDigest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

async function writeAll(place: ReadyVolume, host: ReadyHost, secrets: readonly Buffer[], folder: string): Promise<void> {
  const root = join(folder, IN_READY.root);
  for (const { path, content, owner, mode } of host.files) await write(place, join(root, path), content, owner, Number.parseInt(mode, 8));
  for (const [index, { path, owner }] of host.secrets.entries()) await write(place, join(root, path), secrets[index] ?? '', owner, 0o400);
  // For the host's root alone, as it tells of its secrets.
  await writeFile(join(folder, IN_READY.manifest), manifestOf(host, secrets), { mode: 0o600 });
  await writeFile(join(folder, IN_READY.folders), host.folders);
}

/** With the lines of the secrets, whose values are known here for the first time; sorted as `comm` wants them. */
function manifestOf(host: ReadyHost, secrets: readonly Buffer[]): string {
  const lines = host.secrets.map(
    ({ owner, onChange, program, path }, index) => `${shortDigest(`${owner} `, secrets[index] ?? '')} ${onChange} ${program} ${path}\n`,
  );
  return [...new Set([...host.manifest.split(/(?<=\n)/), ...lines])].sort().join('');
}

async function write({ owners }: ReadyVolume, path: string, content: string | Buffer, owner: string, mode: number): Promise<void> {
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

/** A pipe opens for writing when the host has it open for reading: it waits for news there, and opens another when it has acted. */
async function tell(volume: string): Promise<Told> {
  const heard = await firstOf<'heard' | 'ready'>(async () => {
    if (await isRead(join(volume, VOLUME.changed))) return 'heard';
    // It is off, and takes its files when it starts. One that is on and does not listen starts, or acts on what it heard before.
    return (await isRead(join(volume, VOLUME.on))) ? undefined : 'ready';
  });
  return heard === 'heard' ? answer(volume) : heard;
}

const answer = (volume: string): Promise<Told> =>
  firstOf<'in force' | 'not in force'>(async () => {
    if (await isRead(join(volume, VOLUME.done))) return 'in force';
    return (await isRead(join(volume, VOLUME.failed))) ? 'not in force' : undefined;
  });

/** Asked again rather than waited for inside an open, which would hold one of Node's few threads. */
async function firstOf<T>(ask: () => Promise<T | undefined>): Promise<T | 'did not answer'> {
  const giveUpAt = performance.now() + ANSWER_MS;
  while (performance.now() < giveUpAt) {
    const said = await ask();
    if (said !== undefined) return said;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return 'did not answer';
}

async function isRead(pipe: string): Promise<boolean> {
  const end = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(refuseUnlessNobodyReads);
  await end?.close();
  return end !== undefined;
}

function refuseUnlessNobodyReads(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENXIO') throw cause;
}
