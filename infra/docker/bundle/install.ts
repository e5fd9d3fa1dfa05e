import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { own, parseJson } from '../../../agents/contract/json.js';
import { WorldError, wrongInput } from '../../city/problem.js';
import { hintFor } from '../trouble.js';
import { differing, digestsOf } from './digests.js';
import { HEADER_BYTES, IN_BUNDLE, type Manifest, PLATFORM } from './layout.js';
import { MARK } from './scripts.js';
import { type Proof, requireSigned } from './signature.js';

export interface InstallOptions {
  readonly file: string;
  readonly proof: Proof;
  /** Folder to install into; undefined: one named by the city, here. */
  readonly to: string | undefined;
  readonly signal: AbortSignal;
}

export interface Installed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Unpacks a bundle into a folder of its own. Over an earlier one it replaces the program, image and stack; state, secrets and evidence stay.
 *
 * Its signature is checked before anything of it is used; all is unpacked and compared with its digests before anything is replaced.
 *
 * @throws {InputError} when the file is no bundle, or the folder holds other files; {WorldError} when another has made it, or it is damaged
 */
export async function install({ file, proof, to, signal }: InstallOptions): Promise<Installed> {
  await requireBundle(file);
  await requireSigned(file, proof);
  const manifest = await manifestOf(file);
  if (manifest.platform !== PLATFORM) throw otherPlatform(manifest);
  const folder = resolve(to ?? manifest.city);
  await requireOwn(folder);
  const unpacked = join(folder, '.new');
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(unpacked, { recursive: true });
  try {
    await unpack(file, unpacked, signal);
    await compare(unpacked, manifest);
    await replace(folder, unpacked);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return { folder, manifest };
}

async function requireBundle(path: string): Promise<void> {
  const file = await open(path).catch(cause => {
    throw wrongInput('not-a-bundle', path, `cannot be read: ${cause.code}`, 'name the file of a bundle');
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    if (buffer.subarray(0, bytesRead).toString().split('\n')[1] === MARK) return;
  } finally {
    await file.close();
  }
  throw wrongInput('not-a-bundle', path, 'this is no bundle, or one of another version of citydc', 'make one: citydc bundle --out FILE');
}

/** The archive behind the header, through tar. */
function archive(file: string, words: readonly string[], signal?: AbortSignal) {
  const options = { reject: false, ...(signal === undefined ? {} : { cancelSignal: signal }) } as const;
  return execa('tail', ['-c', `+${HEADER_BYTES + 1}`, file], { ...options, buffer: false }).pipe('tar', words, options);
}

async function manifestOf(file: string): Promise<Manifest> {
  // It is the first entry: tar may stop there; the rest is read later.
  const { stdout } = await archive(file, ['-xO', '--occurrence=1', IN_BUNDLE.manifest]);
  const manifest = parseJson(own<Manifest>(), stdout);
  if (!manifest.ok) throw damaged(file, manifest.problems.join('; '));
  return manifest.value;
}

const damaged = (what: string, cause: unknown): WorldError =>
  new WorldError(`the bundle is damaged: ${what}`, { cause, hint: 'copy it again, whole, and compare sha256sum at both ends' });

const otherPlatform = ({ platform }: Manifest): WorldError =>
  new WorldError(`the bundle is for ${platform}, this machine is ${PLATFORM}`, { hint: 'make the bundle on a machine of this kind' });

async function requireOwn(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  const own = entries.length === 0 || entries.every(name => name === '.new') || existsSync(join(folder, IN_BUNDLE.manifest));
  if (own) return;
  throw wrongInput(
    'folder-not-empty',
    '--to',
    `'${folder}' holds files that are not of a bundle`,
    'name a new folder, or that of an earlier bundle',
  );
}

async function unpack(file: string, folder: string, signal: AbortSignal): Promise<void> {
  const { failed, stderr } = await archive(file, ['-x', '-C', folder, '--no-same-owner'], signal);
  signal.throwIfAborted();
  if (!failed) return;
  if (/no space left/i.test(stderr))
    throw new WorldError(`the bundle does not fit into ${folder}`, { cause: stderr.split('\n')[0], hint: hintFor(stderr) });
  throw damaged(file, stderr.split('\n')[0]);
}

async function compare(folder: string, { files }: Manifest): Promise<void> {
  const wrong = differing(files, await digestsOf(folder, IN_BUNDLE.manifest));
  if (wrong.length > 0) throw damaged(wrong.slice(0, 3).join(', '), `${wrong.length} files are not what was packed`);
}

/** The manifest last: with it the folder is a bundle's. */
async function replace(folder: string, unpacked: string): Promise<void> {
  await rm(join(folder, IN_BUNDLE.plugins), { recursive: true, force: true });
  const names = Object.values(IN_BUNDLE).filter(name => name !== IN_BUNDLE.manifest && existsSync(join(unpacked, name)));
  for (const name of [...names, IN_BUNDLE.manifest]) {
    await rm(join(folder, name), { recursive: true, force: true });
    await rename(join(unpacked, name), join(folder, name));
  }
}
