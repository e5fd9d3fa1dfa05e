import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Users } from '../contract/passwd.js';
import { IN_READY, type ReadyHost, VOLUME } from '../contract/ready.js';
import { replaceBy } from '../contract/replace.js';

export interface ReadyVolume {
  /** Folders with one folder a host: its secrets, and its volume. */
  readonly secrets: string;
  readonly hosts: string;
  readonly owners: Users;
}

/**
 * What became of a host's files. `unchanged`: it reported them as applied before; `ready`: it takes them when it starts; the others are its
 * answer now.
 */
export type LayReadyOutcome = 'unchanged' | 'ready' | 'applied' | 'not applied' | 'no answer';

/** How long a host may take to apply its files: several processes may restart, on a busy machine. */
const ANSWER_MS = 300_000;

/**
 * Writes a host's files onto its volume and notifies the host. In one step: a host that starts meanwhile sees the old files or the new.
 *
 * Safe to run again: a host that has reported these files as applied is left alone, any other is notified again.
 */
export async function layReady(place: ReadyVolume, host: ReadyHost): Promise<LayReadyOutcome> {
  const volume = join(place.hosts, host.name);
  const secrets = await Promise.all(host.secrets.map(({ file }) => readFile(join(place.secrets, host.name, file))));
  const folder = `ready-${shortDigest(JSON.stringify(host), ...secrets)}`;
  const applied = join(volume, folder, IN_READY.applied);
  const before = await readlink(join(volume, VOLUME.current)).catch(() => undefined);
  if (before !== folder) {
    await rm(join(volume, folder), { recursive: true, force: true });
    await writeAll(place, host, secrets, join(volume, folder));
    await makeCurrent(volume, folder);
  } else if (existsSync(applied)) return 'unchanged';
  const outcome = before === undefined ? 'ready' : await notify(volume);
  // Beside the files that it is about, so that it goes with them.
  if (outcome === 'applied') await writeFile(applied, '');
  for (const name of await readdir(volume))
    if (name.startsWith('ready-') && name !== folder) await rm(join(volume, name), { recursive: true });
  return outcome;
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
  // Readable by the host's root alone: it has digests of secrets.
  await writeFile(join(folder, IN_READY.manifest), manifestOf(host, secrets), { mode: 0o600 });
  await writeFile(join(folder, IN_READY.folders), host.folders);
}

/** A host's manifest with the lines of its secrets, whose values are first known here; sorted as `comm` requires. */
function manifestOf(host: ReadyHost, secrets: readonly Buffer[]): string {
  const lines = host.secrets.map(
    ({ owner, onChange, program, path }, index) => `${shortDigest(`${owner} `, secrets[index] ?? '')} ${onChange} ${program} ${path}\n`,
  );
  return [...new Set([...host.manifest.split(/(?<=\n)/), ...lines])].sort().join('');
}

async function write({ owners }: ReadyVolume, path: string, content: string | Buffer, owner: string, mode: number): Promise<void> {
  const ids = owners.get(owner);
  if (ids === undefined) throw new Error(`the image has no user '${owner}', who is to own ${path}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode });
  await chmod(path, mode);
  await chown(path, ids.uid, ids.gid);
}

async function makePipe(path: string): Promise<void> {
  if (!existsSync(path)) await promisify(execFile)('mkfifo', ['-m', '0644', path]);
}

/** A pipe opens for writing only while the host has it open for reading: `changed` while it waits, another when it has acted. */
async function notify(volume: string): Promise<LayReadyOutcome> {
  const state = await firstOf<'notified' | 'ready'>(async () => {
    if (await isRead(join(volume, VOLUME.changed))) return 'notified';
    // A host that is off takes its files when it starts. One that is on without waiting is starting, or still applies earlier files.
    return (await isRead(join(volume, VOLUME.on))) ? undefined : 'ready';
  });
  return state === 'notified' ? answer(volume) : state;
}

const answer = (volume: string): Promise<LayReadyOutcome> =>
  firstOf<'applied' | 'not applied'>(async () => {
    if (await isRead(join(volume, VOLUME.done))) return 'applied';
    return (await isRead(join(volume, VOLUME.failed))) ? 'not applied' : undefined;
  });

/** Polls: an open that waits would hold one of Node's few threads. */
async function firstOf<T>(look: () => Promise<T | undefined>): Promise<T | 'no answer'> {
  const giveUpAt = performance.now() + ANSWER_MS;
  while (performance.now() < giveUpAt) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return 'no answer';
}

async function isRead(pipe: string): Promise<boolean> {
  const end = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(undefinedWithoutReader);
  await end?.close();
  return end !== undefined;
}

function undefinedWithoutReader(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENXIO') throw cause;
}
