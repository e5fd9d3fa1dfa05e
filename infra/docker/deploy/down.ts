import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { WorldError } from '../../city/problem.js';
import { locksOf } from '../../fabric/locks/locks.js';
import type { Client } from '../client.js';
import { isData } from '../data.js';
import { forgetDeployed, readDeployed } from '../deployed.js';
import type { DockerState } from '../state-folder.js';
import { removeContainers, removeRest } from './remove.js';
import { readStack, stackFolder, unprotect } from './stack.js';
import { destroy, findTerraform, forget, init, kept, type RunOptions, type Terraform } from './terraform.js';

export interface DownOptions extends Pick<RunOptions, 'progress' | 'signal'> {
  readonly state: DockerState;
  readonly client: Client;
  readonly terraform: string | undefined;
  /** Folder of an installed bundle's plug-ins. */
  readonly plugins: string | undefined;
  readonly path: string | undefined;
  /** As `Terraform` has them. */
  readonly certificates: string | undefined;
  /** Whether volumes with data that cannot be recreated are removed, too. */
  readonly data: boolean;
}

/**
 * Takes a city off its Docker hosts; image and secrets stay, and so do the volumes with data unless `data` says otherwise.
 *
 * @returns addresses of the resources that are left
 */
export async function down(options: DownOptions): Promise<readonly string[]> {
  const operation = await locksOf(options.state.locks).holdOperation();
  try {
    return await takeDown(options);
  } finally {
    operation.close();
  }
}

async function takeDown({ state, client, data, ...options }: DownOptions): Promise<readonly string[]> {
  const program = await findTerraform(options.terraform, options.path);
  const terraform = { program, folder: stackFolder(state.out), plugins: options.plugins, certificates: options.certificates };
  if (!existsSync(terraform.folder))
    throw new WorldError('no city was deployed to Docker hosts from here', { hint: 'name its folder in CITYDC_STATE' });
  // The keeper must not set faults again in containers that are being removed.
  await rm(state.faults, { recursive: true, force: true });
  if (data) await unprotect(terraform.folder);
  // The city that runs; without its record, the one that the stack is of.
  const { city } = await readDeployed(state).catch(() => readStack(terraform.folder));
  const removing = removeContainers(city, { client, ...options }).then(() => removeRest(city, { client, data, ...options }));
  await Promise.all([init(terraform, options), removing]);
  await takeAway(terraform, data, options);
  await forgetDeployed(state);
  return (await kept(terraform)).map(({ address }) => address);
}

/** terraform forgets resources that are gone already, and destroys the others that it knows. */
async function takeAway(terraform: Terraform, data: boolean, options: RunOptions): Promise<void> {
  const all = (await kept(terraform)).map(({ address }) => address).filter(address => data || !isDataVolume(address));
  const isGone = (address: string) => /^docker_(container|volume|network)\./.test(address);
  await forget(terraform, all.filter(isGone));
  const rest = all.filter(address => !isGone(address));
  if (rest.length > 0) await destroy(terraform, { ...options, targets: rest });
}

const isDataVolume = (address: string): boolean => {
  const [type, id = ''] = address.split('.');
  return type === 'docker_volume' && isData(id);
};
