import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceBy } from '../../agents/contract/replace.js';
import { wrongInput } from '../city/problem.js';
import type { BundleDigests } from '../fabric/convergence/changes.js';
import { BUNDLES, bundleFile } from '../site/host.js';
import type { StateFolder } from './state-folder.js';

/** The digests of the built agents in a folder. @throws {InputError} when one is not built */
export async function builtBundles(folder: string): Promise<BundleDigests> {
  const entries = await Promise.all(BUNDLES.map(async name => [name, await digest(join(folder, bundleFile(name)))] as const));
  return Object.fromEntries(entries) as BundleDigests;
}

/** Copies the built agents to where all hosts mount them, each in one step: a process that starts meanwhile reads the old or new one. */
export async function copyBundles(state: StateFolder, folder: string): Promise<void> {
  await mkdir(state.bundles, { recursive: true });
  for (const name of BUNDLES) {
    const file = join(state.bundles, bundleFile(name));
    await replaceBy(file, beside => copyFile(join(folder, bundleFile(name)), beside));
  }
}

const digest = (path: string): Promise<string> =>
  readFile(path).then(
    content => createHash('sha256').update(content).digest('hex'),
    () => {
      throw wrongInput('not-built', path, 'the agents are not built', 'run `npm run build`');
    },
  );
