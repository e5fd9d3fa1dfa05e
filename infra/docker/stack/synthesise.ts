import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { App } from 'cdktf';
import type { City } from '../../city/model.js';
import type { BundleDigests } from '../../fabric/convergence/changes.js';
import { BUNDLES, type BundleName, bundleFile } from '../../site/host.js';
import { dockerCity, hostGroupsOf, readyOf } from '../ready.js';
import { makeSecrets } from '../secrets.js';
import { CityStack } from './city-stack.js';

export interface SynthesisOptions {
  readonly city: City;
  /** Folder of what is synthesised, as cdktf wants it. */
  readonly out: string;
  /** Folder of the built agents. */
  readonly agents: string;
  /** State folder: has the city's secrets, of which missing ones are made, and terraform's state. */
  readonly state: string;
  readonly image: string;
  readonly protectData: boolean;
  /** A line for the operator. */
  readonly note: (text: string) => void;
}

/** The one stack of a city. */
const STACK = 'city';

/**
 * Writes a city as a stack of terraform: its JSON, what its containers are given, and the city itself, which `up` and the Fabric read.
 *
 * @returns the folder of the stack
 */
export async function synthesise({ city, out, agents, state, image, protectData, note }: SynthesisOptions): Promise<string> {
  const folder = join(out, 'stacks', STACK);
  await mkdir(out, { recursive: true });
  const app = new App({ outdir: out });
  const bundles = await digestsOf(agents);
  const secrets = join(state, 'secrets');
  const beside = { secrets: relative(folder, secrets), terraformState: relative(folder, join(state, 'docker', 'terraform.tfstate')) };
  new CityStack(app, STACK, { city, bundles, image, protectData, ...beside });
  app.synth();
  await writeBeside(folder, { city, image, agents }, bundles);
  await makeSecrets(dockerCity(city), secrets, note);
  return folder;
}

async function writeBeside(
  folder: string,
  { city, image, agents }: Pick<SynthesisOptions, 'city' | 'image' | 'agents'>,
  bundles: BundleDigests,
): Promise<void> {
  for (const name of ['ready', 'agents']) await rm(join(folder, name), { recursive: true, force: true });
  await mkdir(join(folder, 'ready'), { recursive: true });
  const { topology, layout } = dockerCity(city);
  for (const group of hostGroupsOf(topology, layout))
    await writeFile(join(folder, 'ready', `${group.name}.json`), `${JSON.stringify(readyOf(group, bundles), undefined, 1)}\n`);
  await mkdir(join(folder, 'agents'));
  for (const name of BUNDLES) await cp(join(agents, bundleFile(name)), join(folder, 'agents', bundleFile(name)));
  await cp(join(agents, 'lay-ready.mjs'), join(folder, 'lay-ready.mjs'));
  await writeFile(join(folder, 'city.json'), `${JSON.stringify({ schema: 1, image, city }, undefined, 1)}\n`);
}

async function digestsOf(agents: string): Promise<BundleDigests> {
  const entries = await Promise.all(
    BUNDLES.map(async name => [name, digest(await readFile(join(agents, bundleFile(name))))] as [BundleName, string]),
  );
  return Object.fromEntries(entries) as BundleDigests;
}
const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
