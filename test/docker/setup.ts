import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { findTerraform } from '../../infra/docker/deploy/terraform.js';

import { unpackedDocker } from './engine.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why no city can be put on Docker here; empty when one can. */
    noDocker: string;
    /** The folder of Debian's Docker. */
    debianDocker: string;
  }
}

const STATE = '.citydc';

/** Looks for Docker, terraform and its plug-in. Nothing is started, and nothing is installed on the machine. */
export async function setup({ provide }: TestProject): Promise<void> {
  provide('debianDocker', '');
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return provide('noDocker', 'Docker needs root on Linux');
  const terraform = await findTerraform(process.env.CITYDC_TERRAFORM, process.env.PATH).catch(() => undefined);
  if (terraform === undefined) return provide('noDocker', 'neither tofu nor terraform is on this machine');
  if (!(await hasPlugin(terraform))) return provide('noDocker', "terraform's docker plug-in cannot be had");
  const debian = await unpackedDocker(STATE);
  if (debian === undefined) return provide('noDocker', "Debian's docker.io cannot be had");
  provide('debianDocker', debian);
  provide('noDocker', '');
}

/** In one of terraform's own mirror folders, or in its registry. */
async function hasPlugin(terraform: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'citydc-plugin-'));

  const configuration = { terraform: { required_providers: { docker: { source: 'kreuzwerker/docker', version: '3.6.2' } } } };
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  const { failed } = await execa(terraform, ['init', '-input=false'], {
    cwd: folder,
    env: { CHECKPOINT_DISABLE: '1' },
    reject: false,
    timeout: 60_000,
  });
  rmSync(folder, { recursive: true });
  return !failed;
}
