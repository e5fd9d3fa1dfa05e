import { createWriteStream } from 'node:fs';
import { copyFile, cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { replaceBy } from '../../../agents/contract/replace.js';
import { WorldError } from '../../city/problem.js';
import { ensureImage, type Progress } from '../../image/build.js';
import { IMAGE_TAR } from '../deploy/image.js';
import { prepareStack, type StackSource } from '../deploy/stack.js';
import type { DockerState } from '../state-folder.js';
import { hintFor } from '../trouble.js';
import { digestsOf } from './digests.js';
import { IN_BUNDLE, type Manifest, PLATFORM } from './layout.js';
import { layPlugin } from './plugins.js';
import { COMMAND, header } from './scripts.js';
import { type Signed, signatureOf, signBundle } from './signature.js';

export interface PackOptions {
  readonly state: DockerState;
  readonly source: StackSource & { readonly from: 'inventory' };
  /** Folder of the inventory's files. */
  readonly inventory: string;
  /** Folder of the built program. */
  readonly program: string;
  /** terraform's docker plug-in for this platform; undefined: the other machine has it, or reaches a registry. */
  readonly plugin: string | undefined;
  readonly out: string;
  readonly mirror: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Packed {
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly signed: Signed;
}

const STEPS = ['stack', 'image', 'program', 'file'] as const;

/**
 * Packs a city for machines without a registry: image, stack, the docker plug-in where one is given, and a command that needs no npm.
 *
 * The file appears whole or not at all, and its signature beside it; nothing else is left behind.
 *
 * @throws {WorldError} when something cannot be made or written
 */
export async function pack(options: PackOptions): Promise<Packed> {
  const work = join(options.state.root, 'bundle');
  await rm(work, { recursive: true, force: true });
  try {
    return await packIn(work, options);
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof WorldError) throw cause;
    throw new WorldError(`the bundle could not be written to ${options.out}`, { cause, hint: hintFor(String(cause)) });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function packIn(work: string, options: PackOptions): Promise<Packed> {
  const { source, signal, out } = options;
  const bundle = join(work, 'bundle');
  await mkdir(bundle, { recursive: true });
  const step = (name: (typeof STEPS)[number]) => options.progress(`bundle: ${name}`, STEPS.indexOf(name), STEPS.length);
  step('stack');
  // In a state folder of its own: no secret of this one is near.
  const { folder, city, image } = await prepareStack({
    source,
    state: join(work, 'state'),
    out: join(work, 'state', 'docker', 'cdktf.out'),
    image: undefined,
  });
  await cp(folder, join(bundle, IN_BUNDLE.stack), { recursive: true });
  step('image');
  await packImage(join(bundle, IN_BUNDLE.image), options);
  step('program');
  await packProgram(bundle, options);
  step('file');
  const { districts } = source;
  const facts = { schema: 1, city: city.id, districts, image, platform: PLATFORM } as const;
  const manifest: Manifest = { ...facts, files: await digestsOf(bundle, IN_BUNDLE.manifest) };
  await writeFile(join(bundle, IN_BUNDLE.manifest), `${JSON.stringify(manifest, undefined, 1)}\n`);
  // One of an earlier bundle says nothing of this one.
  await rm(signatureOf(out), { force: true });
  const bytes = await writeBundle(bundle, manifest, out, signal);
  return { manifest, bytes, signed: await signBundle(out, options.state.bundleKey) };
}

async function packImage(file: string, { state, mirror, progress, signal }: PackOptions): Promise<void> {
  const { root } = await ensureImage({ folder: state.images, mirror, progress, signal });
  // Fast and a little larger: it is unpacked once.
  const gzip = execa('tar', [...IMAGE_TAR, '-C', root, '-cf', '-', '.'], { cancelSignal: signal, buffer: false }).pipe('gzip', ['-1'], {
    stdout: { file },
    cancelSignal: signal,
    buffer: false,
  });
  await gzip;
}

async function packProgram(bundle: string, { inventory, program, plugin }: PackOptions): Promise<void> {
  await writeFile(join(bundle, IN_BUNDLE.package), '{ "name": "citydc", "private": true, "type": "module" }\n');
  await cp(program, join(bundle, IN_BUNDLE.program), { recursive: true, filter: path => !/\.map$|[/\\](stack|bench)\.js$/.test(path) });
  await copyFile(process.execPath, join(bundle, IN_BUNDLE.node));
  await writeFile(join(bundle, IN_BUNDLE.command), COMMAND, { mode: 0o755 });
  await cp(inventory, join(bundle, IN_BUNDLE.inventory), { recursive: true });
  if (plugin !== undefined) await layPlugin(join(bundle, IN_BUNDLE.plugins), plugin);
}

async function writeBundle(bundle: string, manifest: Manifest, out: string, signal: AbortSignal): Promise<number> {
  const write = async (beside: string): Promise<void> => {
    await writeFile(beside, header(manifest), { mode: 0o755 });
    const entries = Object.values(IN_BUNDLE).filter(name => name !== IN_BUNDLE.plugins);
    const plugins = Object.keys(manifest.files).some(path => path.startsWith(`${IN_BUNDLE.plugins}/`)) ? [IN_BUNDLE.plugins] : [];
    const tar = execa('tar', ['--owner=0', '--group=0', '--numeric-owner', '-C', bundle, '-cf', '-', ...entries, ...plugins], {
      buffer: false,
      cancelSignal: signal,
    });
    await pipeline(tar.readable(), createWriteStream(beside, { flags: 'a' }));
  };
  await replaceBy(out, write, `${out}.${process.pid}.new`);
  return (await stat(out)).size;
}
