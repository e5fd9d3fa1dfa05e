import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { App } from 'cdktf';
import type { City } from '../../city/model.js';
import { secretStore } from '../../image/secrets.js';
import { BUNDLES, type BundleName } from '../../site/host.js';
import { type BundleDigests, dockerCity, hostGroupsOf, readyOf } from '../ready.js';
import { CityStack } from './city-stack.js';

export interface SynthesisOptions {
  readonly city: City;
  /** Folder of what is synthesised, as cdktf wants it. */
  readonly out: string;
  /** Folder of the built agents. */
  readonly agents: string;
  /** Folder of the city's secrets; what is missing is made. */
  readonly secrets: string;
  readonly image: string;
  readonly protectData: boolean;
}

/** The one stack of a city. */
export const STACK = 'city';

/**
 * Writes a city as a stack of terraform: its JSON, what its containers are given, and the city itself for those who run it.
 *
 * @returns the folder of the stack
 */
export async function synthesise({ city, out, agents, secrets, image, protectData }: SynthesisOptions): Promise<string> {
  const folder = join(out, 'stacks', STACK);
  const app = new App({ outdir: out });
  const bundles = await digestsOf(agents);
  new CityStack(app, STACK, { city, bundles, image, secrets: relative(folder, secrets), protectData });
  app.synth();
  await writeBeside(folder, city, bundles, agents);
  await makeSecrets(city, secrets);
  return folder;
}

async function writeBeside(folder: string, city: City, bundles: BundleDigests, agents: string): Promise<void> {
  for (const name of ['ready', 'agents']) await rm(join(folder, name), { recursive: true, force: true });
  await mkdir(join(folder, 'ready'), { recursive: true });
  const { topology, layout } = dockerCity(city);
  for (const group of hostGroupsOf(topology, layout))
    await writeFile(join(folder, 'ready', `${group.name}.json`), `${JSON.stringify(readyOf(group, bundles), undefined, 1)}\n`);
  await mkdir(join(folder, 'agents'));
  for (const name of BUNDLES) await cp(join(agents, `${name}.mjs`), join(folder, 'agents', `${name}.mjs`));
  await cp(join(agents, 'lay-ready.mjs'), join(folder, 'lay-ready.mjs'));
  await writeFile(join(folder, 'city.json'), `${JSON.stringify({ schema: 1, city }, undefined, 1)}\n`);
}

async function digestsOf(agents: string): Promise<BundleDigests> {
  const entries = await Promise.all(
    BUNDLES.map(async name => [name, digest(await readFile(join(agents, `${name}.mjs`)))] as [BundleName, string]),
  );
  return Object.fromEntries(entries) as BundleDigests;
}
const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

async function makeSecrets(city: City, folder: string): Promise<void> {
  const store = secretStore(folder);
  for (const { secrets } of dockerCity(city).layout.hosts) for (const { name } of secrets) await store.value(name);
}
