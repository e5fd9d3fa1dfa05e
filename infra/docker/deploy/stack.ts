import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { own } from '../../../agents/contract/json.js';
import { readJson } from '../../city/json.js';
import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';

/** Where a stack comes from: made here by cdktf from an inventory, or elsewhere and brought in a bundle. */
export type StackSource =
  | {
      readonly from: 'inventory';
      readonly inventory: string;
      readonly districts: string;
      /** Built file that writes the stack; it alone loads cdktf. */
      readonly program: string;
    }
  | {
      readonly from: 'bundle';
      readonly folder: string;
      readonly image: { readonly tag: string; readonly archive: string };
      /** Folder of terraform's plug-ins; undefined where none came with it. */
      readonly plugins: string | undefined;
    };

export interface StackOptions {
  readonly source: StackSource;
  /** State folder: has the secrets that the stack names, and terraform's state. */
  readonly state: string;
  /** Folder of what is synthesised. */
  readonly out: string;
  /** The tag of another image than the one that this program's recipe makes. */
  readonly image: string | undefined;
}

/** A stack ready for terraform, and the city that it is of. */
export interface Stack {
  readonly folder: string;
  readonly city: City;
  /** The tag of its image. */
  readonly image: string;
}

/** Writes the stack's files. @throws {WorldError} when the program that does it fails */
export async function prepareStack(options: StackOptions): Promise<Stack> {
  const folder =
    options.source.from === 'bundle' ? await unpack(options.source.folder, options.out) : await synthesise(options, options.source);
  await takeBackend(options.state, folder);
  return readStack(folder);
}

/** Reads a stack that was written before. */
export async function readStack(folder: string): Promise<Stack> {
  const { city, image } = await readOwn<Pick<Stack, 'city' | 'image'>>(join(folder, 'city.json'));
  return { folder, city, image };
}

async function synthesise({ state, out, image }: StackOptions, source: StackSource & { from: 'inventory' }): Promise<string> {
  const result = await execa(process.execPath, [source.program], {
    reject: false,
    stdin: 'ignore',
    env: {
      CITYDC_INVENTORY: source.inventory,
      CITYDC_DISTRICTS: source.districts,
      CITYDC_STATE: state,
      ...(image === undefined ? {} : { CITYDC_IMAGE: image }),
      CDKTF_OUTDIR: out,
    },
  });
  if (result.failed)
    throw new WorldError('the stack could not be synthesised', {
      cause: result.stderr.trim().split('\n').at(-1) ?? result.shortMessage,
      hint: 'run `npm ci`, then the command again; see `node dist/stack.js` for all of it',
    });
  return result.stdout.trim();
}

/** The operator's own backend of terraform, in place of the stack's local one. @see https://developer.hashicorp.com/terraform/language/files/override */
async function takeBackend(state: string, folder: string): Promise<void> {
  const [own, taken] = backendPaths(state, folder);
  if (existsSync(own)) await cp(own, taken);
  else await rm(taken, { force: true });
}

const backendPaths = (state: string, folder: string) =>
  [join(state, 'docker', 'backend.tf.json'), join(folder, 'backend_override.tf.json')] as const;

/**
 * Returns when terraform's state is where it was: another backend starts empty, and the city would be made a second time.
 *
 * @param folder of the stack that runs
 * @throws {WorldError} when the operator's backend has changed since
 */
export async function requireSameBackend(state: string, folder: string): Promise<void> {
  const [own, taken] = backendPaths(state, folder);
  const [wanted, used] = await Promise.all([own, taken].map(path => readFile(path, 'utf8').catch(() => '')));
  if (wanted === used) return;
  const take = wanted === '' ? `rm ${taken}` : `cp ${own} ${taken}`;
  throw new WorldError(`terraform's state is not where ${own} says`, {
    hint: `move it there, then run the command again: ${take} && cd ${folder} && terraform init -migrate-state`,
  });
}

async function unpack(from: string, out: string): Promise<string> {
  const folder = stackFolder(out);
  await mkdir(folder, { recursive: true });
  await cp(from, folder, { recursive: true });
  return folder;
}

/** The folder of the one stack of a city, in the folder of what is synthesised. */
export const stackFolder = (out: string): string => join(out, 'stacks', 'city');

interface Configuration {
  readonly resource: { readonly docker_volume?: Readonly<Record<string, { lifecycle?: unknown }>> };
}

const readOwn = async <T extends object>(path: string): Promise<T> => readJson(own<T>(), await readFile(path, 'utf8'), path);

/** Lets volumes with data be destroyed, until the stack is written again. */
export async function unprotect(folder: string): Promise<void> {
  const path = join(folder, 'cdk.tf.json');
  const configuration = await readOwn<Configuration>(path);
  for (const volume of Object.values(configuration.resource.docker_volume ?? {})) delete volume.lifecycle;
  await writeFile(path, JSON.stringify(configuration, undefined, 2));
}
