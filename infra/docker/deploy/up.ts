import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { City } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import type { DockerHost } from '../../city/targets/docker/docker-host.js';
import { arrive, refuseWhileFaulty } from '../../fabric/arrive.js';
import type { Fabric } from '../../fabric/fabric.js';
import { locksOf } from '../../fabric/locks/locks.js';
import { type CheckResult, checksOf } from '../../fabric/steady-state.js';
import type { LateMachine } from '../../fabric/while-watched.js';
import { ensureImage, type Progress, wantedImage } from '../../image/build.js';
import type { Client } from '../client.js';
import { type Chosen, type Deployed, readDeployed, writeDeployed } from '../deployed.js';
import { imageName } from '../names.js';
import { dockerCity, type HostGroup, hostGroupsOf } from '../ready.js';
import { makeSecrets } from '../secrets.js';
import type { DockerState } from '../state-folder.js';
import { hostsWithout, type ImageSource, importImage, pullImage } from './image.js';
import { removeFailed, requireLaid } from './laid.js';
import { requireDocker, requireRoom } from './requirements.js';
import { requireSameCity } from './same-city.js';
import { siteSteps } from './site-steps.js';
import { prepareStack, requireSameBackend, type Stack, type StackSource, stackFolder } from './stack.js';
import { removeStrays } from './strays.js';
import { apply, findTerraform, init, plan, type ResourceChanges, type RunOptions, type Terraform } from './terraform.js';

export interface DockerUpOptions {
  readonly state: DockerState;
  /** The city to run: checked, and of the requested districts only. */
  readonly city: City;
  readonly source: StackSource;
  readonly client: Client;
  /** OpenTofu or Terraform as the operator chose it; found on the PATH when undefined. */
  readonly terraform: string | undefined;
  readonly path: string | undefined;
  /** As `Terraform` has them. */
  readonly certificates: string | undefined;
  readonly mirror: string | undefined;
  /** What the operator chose this time; all else stays as it was. */
  readonly chosen: Chosen;
  readonly deadlineMs: number;
  readonly progress: Progress;
  /** A line for the operator. */
  readonly note: (text: string) => void;
  readonly late: (late: readonly CheckResult[], hold: number, of: number) => void;
  readonly fabricOf: (city: City) => Fabric;
  readonly signal: AbortSignal;
}

export interface DockerUpOutcome {
  readonly city: City;
  readonly hosts: number;
  readonly changes: ResourceChanges;
  /** `apply`: of all runs of terraform; `steady`: the waiting between and after them. */
  readonly seconds: { readonly synthesis: number; readonly image: number; readonly apply: number; readonly steady: number };
  readonly late: readonly CheckResult[];
  /** How late a machine was during the last wait for steady state, when it was too late. */
  readonly machine: LateMachine | undefined;
}

/**
 * Brings a city up on its Docker hosts, or what runs there to a changed inventory or image, and waits until it is healthy.
 *
 * Everything that a Docker host lacks is reported before anything is changed. After an interruption or a failure terraform keeps what it
 * has done, and the next run continues from there.
 *
 * @throws {WorldError} when a Docker host, terraform or its plug-in is not as needed, or another run is at work
 */
export async function up(options: DockerUpOptions): Promise<DockerUpOutcome> {
  const operation = await locksOf(options.state.locks).holdOperation();
  try {
    return await deploy(options);
  } finally {
    operation.close();
  }
}

async function deploy(options: DockerUpOptions): Promise<DockerUpOutcome> {
  const { state, source, client, signal, progress } = options;
  await refuseWhileFaulty(state.faults, HEAL);
  const program = await findTerraform(options.terraform, options.path);
  const before = await deployedBefore(state);
  if (before !== undefined) {
    await requireSameCity(client, before.city, options.city);
    await requireSameBackend(state.root, stackFolder(state.out));
  }
  const chosen = { ...before?.chosen, ...options.chosen };
  const clock = stopwatch();
  progress('synthesis', 0, 1);
  // Before the stack's own program makes them: what is to be said of them would be lost there.
  await makeSecrets(dockerCity(options.city), state.secrets, options.note);
  const stack = await prepareStack({ source, state: state.root, out: state.out, image: chosen.image || undefined });
  const plugins = source.from === 'bundle' ? source.plugins : undefined;
  const terraform: Terraform = { program, folder: stack.folder, plugins, certificates: options.certificates };
  const synthesis = clock();
  await init(terraform, { signal });
  const { layout, topology } = dockerCity(stack.city);
  await Promise.all(stack.city.dockerHosts.map(host => requireDocker(client, host, stack.city)));
  await provideImage(options, stack, chosen);
  await removeStrays(client, stack.city, terraform, before);
  await removeFailed(client, stack.city);
  const image = clock();
  await writeDeployed(state, { city: stack.city, chosen, applied: before?.applied ?? false });
  const fabric = options.fabricOf(stack.city);
  const checks = checksOf(topology);
  let machine: LateMachine | undefined;
  const awaitHealthy = async () => {
    const watched = await arrive({ topology, checks, fabric, ...options, progress: options.late });
    machine = watched.machine;
    return watched.result;
  };
  const outcome = await bring(options, { terraform, stack, groups: hostGroupsOf(topology, layout), chosen, awaitHealthy });
  await writeDeployed(state, { city: stack.city, chosen, applied: true });
  const { changes, late, seconds } = outcome;
  return {
    city: stack.city,
    hosts: layout.hosts.length,
    changes,
    seconds: { synthesis, image, apply: seconds, steady: clock() - seconds },
    late,
    machine,
  };
}

/** What was deployed from here before; a record that cannot be read is no reason not to deploy. */
export const deployedBefore = (state: DockerState): Promise<Deployed | undefined> => readDeployed(state).catch(() => undefined);

interface Bringing {
  readonly terraform: Terraform;
  readonly stack: Stack;
  readonly groups: readonly HostGroup[];
  readonly chosen: Chosen;
  /** Waits until the city is healthy. @returns what is late at the deadline */
  readonly awaitHealthy: () => Promise<readonly CheckResult[]>;
}

/** Plans, and applies that: at once, or where the containers of several sites are replaced site by site. */
async function bring({ client, progress, signal }: DockerUpOptions, { terraform, stack, groups, chosen, awaitHealthy }: Bringing) {
  const saved = join(terraform.folder, 'changes.plan');
  const variables = variablesOf(chosen);
  const clock = stopwatch();
  let seconds = 0;
  const step = async (what: Pick<RunOptions, 'saved' | 'variables' | 'targets'>) => {
    clock();
    await apply(terraform, { progress, signal, ...what });
    seconds += clock();
    await requireLaid(client, stack.city);
    return awaitHealthy();
  };
  try {
    progress('plan', 0, 1);
    const changes = await plan(terraform, { progress, signal, variables, saved });
    seconds += clock();
    const steps = siteSteps(stack.city, groups, changes.replace);
    for (const targets of steps) {
      const late = await step({ variables, targets });
      if (late.length > 0) return { changes, late, seconds };
    }
    const late = await step(steps.length === 0 ? { saved } : { variables });
    return { changes, late, seconds };
  } finally {
    await rm(saved, { force: true });
  }
}

/** An operator's choices as variables of terraform. */
export const variablesOf = ({ registry = '', logDriver }: Chosen): Readonly<Record<string, string>> => ({
  registry,
  ...(logDriver === undefined ? {} : { log_driver: logDriver }),
});

export const HEAL = 'citydc --fabric docker fault heal';

/** A function that returns the seconds since it was last called. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return seconds;
  };
}

/** The image on every Docker host, and what the city needs of each. */
async function provideImage(options: DockerUpOptions, { city, image }: Stack, { registry = '' }: Chosen): Promise<void> {
  const { client } = options;
  const name = `${registry}${imageName(image)}`;
  const missing = await hostsWithout(client, city.dockerHosts, name);
  if (registry !== '') for (const host of missing) await pullImage(client, host, name);
  else if (missing.length > 0) await loadImage(options, missing, image);
  await Promise.all(city.dockerHosts.map(host => requireRoom(client, host, city, name)));
}

async function loadImage(options: DockerUpOptions, hosts: readonly DockerHost[], wanted: string): Promise<void> {
  const { progress, signal, client } = options;
  const source = await imageOf(options, wanted);
  if (source === undefined)
    throw new WorldError(`image ${imageName(wanted)} is not on Docker host '${hosts[0]?.key}', and cannot be made here`, {
      hint: 'load it there first (docker import, docker pull), or leave --image away',
    });
  for (const [index, host] of hosts.entries()) {
    progress('loading the image into Docker hosts', index, hosts.length);
    await importImage(client, host, source, wanted, signal);
  }
}

/** A bundle contains its image; a checkout builds that of its recipe. Another image can be made from neither. */
async function imageOf({ source, state, mirror, progress, signal }: DockerUpOptions, wanted: string): Promise<ImageSource | undefined> {
  if (source.from === 'bundle') return wanted === source.image.tag ? source.image : undefined;
  return wanted === wantedImage() ? ensureImage({ folder: state.images, mirror, progress, signal }) : undefined;
}
