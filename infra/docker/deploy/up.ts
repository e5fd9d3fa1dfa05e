import type { City, DockerHost } from '../../city/model.js';
import { WorldError } from '../../city/problem.js';
import { ensureImage, type Progress, wantedImage } from '../../image/build.js';
import type { Fabric } from '../../site/fabric.js';
import { readFaults } from '../../site/faults/store.js';
import { handBackWriter } from '../../site/hand-back.js';
import { awaitSteady } from '../../site/observe.js';
import { type CheckResult, checksOf } from '../../site/steady-state.js';
import type { Client } from '../client.js';
import { readDeployed, writeDeployed } from '../deployed.js';
import { imageName } from '../names.js';
import { dockerCity } from '../ready.js';
import { makeSecrets } from '../secrets.js';
import type { DockerState } from '../state-folder.js';
import { requireDocker, requireGround } from './ground.js';
import { hasImage, type ImageSource, importImage, pullImage } from './image.js';
import { imageSteps } from './image-steps.js';
import { removeFailed, requireLaid } from './laid.js';
import { prepareStack, type Stack, type StackSource } from './stack.js';
import { apply, type Changes, findTerraform, init, type Terraform } from './terraform.js';

export interface UpOptions {
  readonly state: DockerState;
  readonly source: StackSource;
  readonly client: Client;
  /** OpenTofu or Terraform as the operator chose it; found on the PATH when undefined. */
  readonly terraform: string | undefined;
  readonly path: string | undefined;
  readonly mirror: string | undefined;
  /** The tag of another image than today's recipe asks for; it is on the Docker hosts already. */
  readonly image: string | undefined;
  /** Of terraform. `registry` holds the image, with a slash at its end; where it is empty the image is loaded from here. */
  readonly variables: Readonly<Record<string, string>> & { readonly registry: string };
  readonly deadlineMs: number;
  readonly progress: Progress;
  readonly late: (late: readonly CheckResult[], hold: number, of: number) => void;
  readonly fabricOf: (city: City) => Fabric;
  readonly signal: AbortSignal;
}

export interface UpOutcome {
  readonly city: City;
  readonly hosts: number;
  readonly changes: Changes;
  /** `apply`: of all runs of terraform; `steady`: waited for besides. */
  readonly seconds: { readonly synthesis: number; readonly image: number; readonly apply: number; readonly steady: number };
  readonly late: readonly CheckResult[];
}

/**
 * Brings a city up on its Docker hosts, or what runs there to a changed inventory or image, and waits until it is well.
 *
 * Everything that a Docker host lacks is told before anything is changed. Interrupted or failed half-way, terraform keeps what it has
 * done, and the next run goes on from there.
 *
 * @throws {WorldError} when a Docker host, terraform or its plug-in is not as needed
 */
export async function up(options: UpOptions): Promise<UpOutcome> {
  const { state, source, signal, progress } = options;
  await refuseWhileFaulty(state);
  const program = await findTerraform(options.terraform, options.path);
  const clock = stopwatch();
  progress('synthesis', 0, 1);
  const stack = await prepareStack({ source, state: state.root, out: state.out, image: options.image });
  const terraform: Terraform = { program, folder: stack.folder, plugins: source.from === 'bundle' ? source.plugins : undefined };
  const synthesis = clock();
  await init(terraform, { signal });
  const { layout, topology } = dockerCity(stack.city);
  await makeSecrets(layout, state.secrets);
  await Promise.all(stack.city.dockerHosts.map(host => requireDocker(options.client, host, stack.city)));
  await provideImage(options, stack);
  const image = clock();
  const before = await readDeployed(state).catch(() => undefined);
  await writeDeployed(state, stack);
  const fabric = options.fabricOf(stack.city);
  const checks = checksOf(topology);
  const well = () =>
    awaitSteady(checks, fabric, {
      deadlineMs: options.deadlineMs,
      signal,
      progress: options.late,
      mend: late => handBackWriter(checks, fabric, late),
    });
  const all: Changes[] = [];
  let late: readonly CheckResult[] = [];
  const applied = { seconds: 0 };
  await removeFailed(options.client, stack.city);
  for (const images of imageSteps(stack.city, before?.image, stack.image)) {
    if (all.length > 0 && late.length > 0) break;
    const step = stopwatch();
    all.push(await apply(terraform, { progress, signal, variables: { ...options.variables, ...images } }));
    applied.seconds += step();
    await requireLaid(options.client, stack.city);
    late = await well();
  }
  return {
    city: stack.city,
    hosts: layout.hosts.length,
    changes: joined(all),
    seconds: { synthesis, image, apply: applied.seconds, steady: clock() - applied.seconds },
    late,
  };
}

/** terraform starts what a fault keeps off, and the keeper would switch it off again. */
async function refuseWhileFaulty({ faults: folder }: DockerState): Promise<void> {
  const faults = await readFaults(folder);
  if (faults.length > 0)
    throw new WorldError(`the city cannot be changed while a fault is in force: ${faults.map(({ id }) => id).join(', ')}`, {
      hint: 'undo it first: citydc --fabric docker fault heal',
    });
}

/** Seconds since the last time it was asked. */
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
async function provideImage(options: UpOptions, { city, image }: Stack): Promise<void> {
  const { client, variables } = options;
  const { registry } = variables;
  const name = `${registry}${imageName(image)}`;
  const missing = await without(client, city.dockerHosts, name);
  if (registry !== '') for (const host of missing) await pullImage(client, host, name);
  else if (missing.length > 0) await loadImage(options, missing, image);
  await Promise.all(city.dockerHosts.map(host => requireGround(client, host, city, name)));
}

async function without(client: Client, hosts: readonly DockerHost[], image: string): Promise<readonly DockerHost[]> {
  const has = await Promise.all(hosts.map(host => hasImage(client, host, image)));
  return hosts.filter((_, index) => !has[index]);
}

async function loadImage(options: UpOptions, hosts: readonly DockerHost[], wanted: string): Promise<void> {
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

/** A bundle carries its image; a checkout builds today's. Another can be had from neither. */
async function imageOf({ source, state, mirror, progress, signal }: UpOptions, wanted: string): Promise<ImageSource | undefined> {
  if (source.from === 'bundle') return wanted === source.image.tag ? source.image : undefined;
  return wanted === wantedImage() ? ensureImage({ folder: state.images, mirror, progress, signal }) : undefined;
}

const joined = (all: readonly Changes[]): Changes => ({
  create: all.flatMap(({ create }) => create),
  update: all.flatMap(({ update }) => update),
  replace: all.flatMap(({ replace }) => replace),
  destroy: all.flatMap(({ destroy }) => destroy),
});
