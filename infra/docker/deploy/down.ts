import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { WorldError } from '../../city/problem.js';
import type { Client } from '../client.js';
import { isData } from '../data.js';
import { forgetDeployed, readDeployed } from '../deployed.js';
import type { DockerState } from '../state-folder.js';
import { removeContainers } from './remove-containers.js';
import { readStack, stackFolder, unprotect } from './stack.js';
import { destroy, findTerraform, forget, init, kept, type RunOptions, type Terraform } from './terraform.js';

export interface DownOptions extends Pick<RunOptions, 'progress' | 'signal'> {
  readonly state: DockerState;
  readonly client: Client;
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
export async function down({ state, client, data, ...options }: DownOptions): Promise<readonly string[]> {
  const program = await findTerraform(options.terraform, options.path);
  const terraform = { program, folder: stackFolder(state.out), plugins: options.plugins };
  if (!existsSync(terraform.folder))
    throw new WorldError('no city was deployed to Docker hosts from here', { hint: 'name its folder in CITYDC_STATE' });
  // Nobody is to set faults again in what ends.
  await rm(state.faults, { recursive: true, force: true });
  if (data) await unprotect(terraform.folder);
  // What runs; where nobody knows any more, what was to run.
  const { city } = await readDeployed(state).catch(() => readStack(terraform.folder));
  await Promise.all([init(terraform, options), removeContainers(city, { client, ...options })]);
  await takeAway(terraform, data, options);
  await forgetDeployed(state);
  return kept(terraform);
}

/** All but the containers, at once: to remove a volume is mostly waiting, as the plug-in looks after two seconds whether it has gone. */
async function takeAway(terraform: Terraform, data: boolean, options: RunOptions): Promise<void> {
  const all = await kept(terraform);
  const isContainer = (address: string) => address.startsWith('docker_container.');
  await forget(terraform, all.filter(isContainer));
  const rest = all.filter(address => !isContainer(address) && (data || !isData(address)));
  if (rest.length > 0) await destroy(terraform, { ...options, targets: rest, parallelism: 128, refresh: false });
}
