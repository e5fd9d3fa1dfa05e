import { execa } from 'execa';
import { WorldError, wrongInput } from '../city/problem.js';
import { candidates, firstProgram } from '../fabric/find-program.js';
import type { Progress } from '../image/build.js';

/** Commands that the lab runs, and the Debian package of each: the only packages that are ever installed on the machine. */
const TOOLS = { debootstrap: 'debootstrap', runc: 'runc', ip: 'iproute2', nft: 'nftables' } as const;
/** Part of every Debian (util-linux). */
const BASE_TOOLS = ['unshare', 'nsenter', 'mount', 'umount'] as const;

/** @throws {WorldError} naming the first requirement that this machine does not meet: Linux, root, the base tools */
export async function requireMachine(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new WorldError(`the lab needs Linux; this is ${process.platform}`, {
      hint: '`citydc check`, `plan`, `diff` and `render` work here; run the lab on a Debian 12 machine',
    });
  }
  requireRoot('the lab needs root: it makes network namespaces and containers');
  for (const tool of BASE_TOOLS) {
    if ((await find(tool)) === undefined)
      throw new WorldError(`the command '${tool}' is missing`, { hint: 'install the package util-linux' });
  }
}

/** @throws {WorldError} with this message when this user is not root */
export function requireRoot(message: string): void {
  if (process.getuid?.() !== 0)
    throw new WorldError(message, {
      hint: 'run the command as root (for example with sudo); `check`, `plan`, `diff` and `render` need no root',
    });
}

/** @throws {InputError} when the path has a character that overlay, `ip -batch` or fstab gives a meaning of its own */
export function requirePlainPath(path: string): void {
  if (/^[^\s,:;"'\\#]+$/.test(path)) return;
  throw wrongInput(
    'state-folder',
    path,
    "the lab's folder has a path with a space, comma, colon, quote, # or backslash, which mount and ip cannot take",
    'name another folder in CITYDC_STATE, or move the checkout',
  );
}

/**
 * Makes sure that the lab's tools are there, installing what is missing with apt.
 *
 * @returns the packages that it installed
 * @throws {WorldError} when a package cannot be installed
 */
export async function ensureTools(progress: Progress): Promise<readonly string[]> {
  const missing = await missingPackages();
  if (missing.length === 0) return [];
  progress(`installing ${missing.join(', ')}`, 0, 1);
  await install(missing);
  const still = await missingPackages();
  if (still.length > 0) throw notInstalled(still, undefined);
  progress(`installing ${missing.join(', ')}`, 1, 1);
  return missing;
}

/** Packages that the lab needs and this machine lacks. */
export async function missingPackages(): Promise<readonly string[]> {
  const found = await Promise.all(Object.entries(TOOLS).map(async ([tool, name]) => ((await find(tool)) === undefined ? [name] : [])));
  return found.flat();
}

async function install(packages: readonly string[]): Promise<void> {
  if ((await find('apt-get')) === undefined) throw notInstalled(packages, 'apt-get is not here');
  const apt = (...words: string[]) =>
    execa('apt-get', ['-q', '-y', ...words], {
      env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      reject: false,
      all: true,
      stdin: 'ignore',
    });
  const first = await apt('install', '--no-install-recommends', ...packages);
  if (!first.failed) return;
  const update = await apt('update');
  const second = await apt('install', '--no-install-recommends', ...packages);
  if (second.failed) throw notInstalled(packages, lastComplaint(`${update.all}\n${second.all}`));
}

const lastComplaint = (output: string): string | undefined => output.split('\n').findLast(line => /^E: |^W: |^Err:/.test(line));

const notInstalled = (packages: readonly string[], cause: string | undefined): WorldError =>
  new WorldError(`missing on this machine: ${packages.join(', ')}`, {
    cause,
    hint: `check that Debian's packages can be reached, or install them by hand (apt-get install ${packages.join(' ')}); then run the command again`,
  });

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const find = (command: string): Promise<string | undefined> => firstProgram(candidates(command, FOLDERS));
