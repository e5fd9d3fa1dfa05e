import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { WorldError } from '../../city/problem.js';
import type { Client } from '../client.js';
import { isData } from '../data.js';
import { forgetDeployed, readDeployed } from '../deployed.js';
import type { DockerState } from '../state-folder.js';
import { endHosts } from './end-hosts.js';
import { stackFolder, unprotect } from './stack.js';
import { destroy, findTerraform, init, kept, type RunOptions, type Terraform } from './terraform.js';

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
  await init(terraform, options);
  const deployed = await readDeployed(state).catch(() => undefined);
  if (deployed !== undefined) await endHosts(deployed.city, { client, ...options });
  await takeAway(terraform, data, options);
  await forgetDeployed(state);
  return kept(terraform);
}

/**
 * Containers a few at a time, as to end them is work for the Docker host; then all else at once, as to remove a volume is mostly waiting:
 * the plug-in looks after two seconds whether it has gone.
 */
async function takeAway(terraform: Terraform, data: boolean, options: RunOptions): Promise<void> {
  const all = await kept(terraform);
  const containers = all.filter(address => address.startsWith('docker_container.'));
  if (containers.length > 0) await remove(terraform, { ...options, targets: containers, parallelism: 16 });
  const rest = all.filter(address => !containers.includes(address) && (data || !isData(address)));
  if (rest.length > 0) await remove(terraform, { ...options, targets: rest, parallelism: 128 });
}

/** As if nobody else had touched it, which takes half the time; where that fails, terraform looks first what is still there. */
async function remove(terraform: Terraform, options: RunOptions): Promise<void> {
  await destroy(terraform, { ...options, refresh: false }).catch(() => {
    options.signal.throwIfAborted();
    return destroy(terraform, options);
  });
}
