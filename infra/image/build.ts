import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { WorldError } from '../city/problem.js';
import { NODE } from '../site/host.js';
import { unmountBelow } from './mounts.js';
import { hostNode } from './node.js';
import { type Recipe, recipe, recipeDigest } from './recipe.js';
import { debianMirror } from './sources.js';

/** An image, the folder of its root file system, and whether it had to be built. */
export interface Image {
  readonly digest: string;
  readonly root: string;
  readonly built: boolean;
}

/** Called with what is being done, how many of its parts are done, and of how many. */
export type Progress = (what: string, done: number, of: number) => void;

export interface ImageOptions {
  /** The folder of all images; each has a folder in it, named by its digest. */
  readonly folder: string;
  /** A Debian mirror that the operator chose; undefined: the one that this machine uses. */
  readonly mirror: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The digest of today's recipe. */
export const wantedImage = (): string => recipeDigest(recipe());

/** Whether a folder of images has the one of today's recipe. */
export const hasImage = (folder: string): boolean => existsSync(join(folder, wantedImage()));

/**
 * The image of a recipe (today's unless another is given), built when the folder does not have it. What a killed build left is removed.
 *
 * @throws {WorldError} when a package cannot be fetched or installed
 */
export async function ensureImage(options: ImageOptions, wanted: Recipe = recipe()): Promise<Image> {
  const digest = recipeDigest(wanted);
  const home = join(options.folder, digest);
  const root = join(home, 'root');
  await mkdir(options.folder, { recursive: true, mode: 0o755 });
  await removeUnfinished(options.folder);
  if (existsSync(home)) return { digest, root, built: false };
  await build(wanted, home, options);
  return { digest, root, built: true };
}

async function build(wanted: Recipe, home: string, options: ImageOptions): Promise<void> {
  const unfinished = `${home}.unfinished`;
  const root = join(unfinished, 'root');
  await mkdir(unfinished, { mode: 0o755 });
  try {
    await debootstrap(wanted, root, options);
    await trim(wanted, root);
    await addNode(root);
    await writeFile(join(unfinished, 'recipe.json'), `${JSON.stringify({ schema: 1, ...wanted }, undefined, 2)}\n`);
    await rename(unfinished, home);
  } catch (error) {
    await removeTree(unfinished);
    throw error;
  }
}

async function debootstrap({ suite, packages }: Recipe, root: string, { mirror, progress, signal }: ImageOptions): Promise<void> {
  const source = await debianMirror(mirror);
  const command = execa('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, suite, root, source], {
    reject: false,
    cancelSignal: signal,
    all: true,
    // A build that is cut short is deleted, so dpkg need not sync every file to the disk.
    env: { DPKG_FORCE: 'unsafe-io', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    stdin: 'ignore',
  });
  const count = counter(progress);
  for await (const line of command.iterable({ from: 'all' })) count(line);
  const result = await command;
  if (result.isCanceled) throw signal.reason;
  if (result.failed) throw installFailure(result.all ?? result.shortMessage, root);
}

/** What debootstrap does to every package, by the first word of its line. It reports how many there are only by fetching them. */
const STEPS = {
  Retrieving: 'fetching packages',
  Validating: 'fetching packages',
  Extracting: 'unpacking',
  Unpacking: 'unpacking',
  Configuring: 'configuring',
} as const;

function counter(progress: Progress): (line: string) => void {
  const seen = new Map<string, Set<string>>();
  return line => {
    // A line may name a package with its architecture (`libc6:amd64...`), or none (`Unpacking the base system...`).
    const [, verb = '', name = ''] = /^I: (\w+) (?!the )([^ .:]+)/.exec(line) ?? [];
    const step = STEPS[verb as keyof typeof STEPS];
    if (step === undefined) return;
    const names = seen.get(step) ?? new Set();
    seen.set(step, names.add(name));
    progress(`image: ${step}`, names.size, seen.get('fetching packages')?.size ?? names.size);
  };
}

function installFailure(output: string, root: string): WorldError {
  const errors = output
    .split('\n')
    .filter(line => /^[EW]: /.test(line))
    .slice(-3);
  const unreachable = /Failed getting release|Couldn't download|Unable to connect|Temporary failure/i.test(output);
  return new WorldError(`the image could not be installed${errors.length === 0 ? '' : `: ${errors.join(' ')}`}`, {
    cause: unreachable ? 'the Debian package source cannot be reached' : `see ${root}/debootstrap/debootstrap.log while it lasts`,
    hint: unreachable
      ? 'check the network and the mirror in /etc/apt, or name another one in CITYDC_MIRROR; then run the command again'
      : 'run the command again; what was half done has been removed',
  });
}

async function trim({ trims }: Recipe, root: string): Promise<void> {
  for (const path of trims) await rm(join(root, path), { recursive: true, force: true });
  for (const path of ['etc/service', 'var/lib/prometheus', 'var/lib/postgresql', 'run', 'tmp'])
    await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, 'etc/resolv.conf'), '');
}

/** Not Debian 12's own Node: that is 18 and takes three times as long to start. */
async function addNode(root: string): Promise<void> {
  const { path } = hostNode();
  await copyFile(path, join(root, NODE));
  const { failed, stderr } = await execa('chroot', [root, NODE, '--version'], { reject: false });
  if (!failed) return;
  throw new WorldError(`the Node for the hosts (${path}) does not run inside Debian 12`, {
    cause: stderr,
    hint: 'run `npm ci`, which brings one; or run citydc with a Node built for Debian 12 or older, as the official builds are',
  });
}

async function removeUnfinished(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter(name => name.endsWith('.unfinished'));
  for (const name of left) await removeTree(join(folder, name));
}

/** debootstrap mounts /proc and /sys in the root. A killed one leaves them mounted, and removing the tree would reach into them. */
async function removeTree(path: string): Promise<void> {
  await unmountBelow(path);
  await rm(path, { recursive: true, force: true });
}
