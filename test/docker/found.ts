/** What the machine has of all that it takes to put a city on Docker. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { findTerraform } from '../../infra/docker/deploy/terraform.js';
import { unpackedDocker } from './engine.js';

export interface Tools {
  /** Folder of Debian's Docker. */
  readonly debian: string;
  /** OpenTofu or Terraform; or what stands for it and its plug-in. */
  readonly terraform: string;
  /** Its docker plug-in; empty where something stands for both. */
  readonly plugin: string;
  /** Why something does; empty where they are there. */
  readonly standsIn: string;
}

/** The tools; or what is missing. */
export type Found = Tools | { readonly missing: string };

/** @param state folder below which Debian's packages are unpacked, and the plug-in is fetched, each once */
export async function findDocker(state: string): Promise<Found> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { missing: 'Docker needs root on Linux' };
  const debian = await unpackedDocker(state);
  if (debian === undefined) return { missing: "Debian's docker.io cannot be had" };
  const terraform = await findTerraform(process.env.CITYDC_TERRAFORM, process.env.PATH).catch(() => undefined);
  const plugin = terraform === undefined ? undefined : await fetchedPlugin(terraform, resolve(state, 'engine', 'plugin'));
  if (terraform !== undefined && plugin !== undefined) return { debian, terraform, plugin, standsIn: '' };
  const standsIn = terraform === undefined ? 'neither tofu nor terraform is on this machine' : "terraform's docker plug-in cannot be had";
  return { debian, terraform: builtStandIn(resolve(state, 'engine', 'stand-in')), plugin: '', standsIn };
}

/** A program that takes terraform's words. */
function builtStandIn(folder: string): string {
  const outfile = join(folder, 'stand-in.cjs');
  buildSync({ entryPoints: ['test/docker/stand-in/main.ts'], bundle: true, platform: 'node', format: 'cjs', outfile });
  const program = join(folder, 'terraform');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${outfile}' "$@"\n`, { mode: 0o755 });
  return program;
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
