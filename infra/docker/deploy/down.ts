import { existsSync } from 'node:fs';
import { WorldError } from '../../city/problem.js';
import { isData } from '../data.js';
import { forgetDeployed } from '../deployed.js';
import type { DockerState } from '../state-folder.js';
import { stackFolder, unprotect } from './stack.js';
import { destroy, findTerraform, init, kept, type RunOptions } from './terraform.js';

export interface DownOptions extends Pick<RunOptions, 'progress' | 'signal'> {
  readonly state: DockerState;
  readonly terraform: string | undefined;
  /** Folder of an installed bundle's plug-ins. */
  readonly plugins: string | undefined;
  readonly path: string | undefined;
  /** Whether volumes whose data nobody can make again go, too. */
  readonly data: boolean;
}

/**
 * Takes a city off its Docker hosts; image and secrets stay, and so do the volumes with data unless they are asked for.
 *
 * @returns addresses of what is left
 */
export async function down({ state, data, ...options }: DownOptions): Promise<readonly string[]> {
  const program = await findTerraform(options.terraform, options.path);
  if (!existsSync(state.terraform))
    throw new WorldError('no city was deployed to Docker hosts from here', { hint: 'name its folder in CITYDC_STATE' });
  const terraform = { program, folder: stackFolder(state.out), plugins: options.plugins };
  if (data) await unprotect(terraform.folder);
  await init(terraform, options);
  const targets = data ? [] : (await kept(terraform)).filter(address => !isData(address));
  if (data || targets.length > 0) await destroy(terraform, { ...options, targets });
  await forgetDeployed(state);
  return kept(terraform);
}
