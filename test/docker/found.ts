/** What the machine has of all that it takes to put a city on Docker. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { findTerraform } from '../../infra/docker/deploy/terraform.js';
import { unpackedDocker } from './engine.js';

export interface Tools {
  /** Folder of Debian's Docker. */
  readonly debian: string;
  /** OpenTofu or Terraform, and its docker plug-in. */
  readonly terraform: string;
  readonly plugin: string;
}

/** The tools; or what is missing. */
export type Found = Tools | { readonly missing: string };

/** @param state folder below which Debian's packages are unpacked, and the plug-in is fetched, each once */
export async function findDocker(state: string): Promise<Found> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { missing: 'Docker needs root on Linux' };
  const terraform = await findTerraform(process.env.CITYDC_TERRAFORM, process.env.PATH).catch(() => undefined);
  if (terraform === undefined) return { missing: 'neither tofu nor terraform is on this machine' };
  const plugin = await fetchedPlugin(terraform, resolve(state, 'engine', 'plugin'));
  if (plugin === undefined) return { missing: "terraform's docker plug-in cannot be had" };
  const debian = await unpackedDocker(state);
  return debian === undefined ? { missing: "Debian's docker.io cannot be had" } : { debian, terraform, plugin };
}

/** As terraform has it: from one of its own mirror folders, or from its registry. */
async function fetchedPlugin(terraform: string, folder: string): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  const configuration = { terraform: { required_providers: { docker: { source: 'kreuzwerker/docker', version: '3.6.2' } } } };
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  const options = { cwd: folder, env: { CHECKPOINT_DISABLE: '1' }, reject: false, timeout: 60_000 } as const;
  if ((await execa(terraform, ['init', '-input=false'], options)).failed) return undefined;
  const providers = join(folder, '.terraform', 'providers');
  const { stdout } = await execa('find', ['-L', providers, '-name', 'terraform-provider-docker_v3.6.2'], { reject: false });
  return stdout.split('\n')[0] || undefined;
}
