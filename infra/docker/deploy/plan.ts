import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { City } from '../../city/model.js';
import { refuseWhileFaulty } from '../../fabric/arrive.js';
import { type Preparation, planOf, type Refusal, type UpPlan } from '../../fabric/convergence/plan.js';
import { refusalsOf } from '../../fabric/convergence/refusals.js';
import { locksOf } from '../../fabric/locks/locks.js';
import type { Client } from '../client.js';
import type { Chosen, Deployed } from '../deployed.js';
import { imageName } from '../names.js';
import { dockerCity, hostGroupsOf } from '../ready.js';
import type { DockerState } from '../state-folder.js';
import { arriving, readyIn } from './arriving.js';
import { hostsWithout } from './image.js';
import { groupsNotApplied } from './laid.js';
import { allReplaced, notifiedAgain, type Planned, stepsOf } from './planned.js';
import { requireDocker } from './requirements.js';
import { requireSameCity } from './same-city.js';
import { prepareStack, requireSameBackend, type Stack, stackFolder } from './stack.js';
import { findTerraform, init, plan, type Terraform } from './terraform.js';
import { type DockerUpOptions, deployedBefore, HEAL, variablesOf } from './up.js';

/** Those options of `up` that its plan needs. */
export type DockerPlanOptions = Omit<DockerUpOptions, 'mirror' | 'deadlineMs' | 'late' | 'note' | 'fabricOf'>;

/**
 * What `up` would do now: what terraform plans, and which hosts get which files. Nothing is changed; where no city was deployed from
 * here, neither Docker nor terraform is called.
 *
 * @throws {WorldError} when a Docker host or terraform does not answer
 */
export async function planUp(options: DockerPlanOptions): Promise<UpPlan> {
  const { state, city, client } = options;
  const before = await deployedBefore(state);
  const refusals = await refusalsOf([() => locksOf(state.locks).refuseOtherOperation(), () => refuseWhileFaulty(state.faults, HEAL)]);
  if (before === undefined) return planOfCreation(city, refusals);
  const other = await refusalsOf([
    () => requireSameCity(client, before.city, city),
    () => requireSameBackend(state.root, stackFolder(state.out)),
  ]);
  if (other.length > 0) return { runs: true, refusals: [...refusals, ...other], preparations: [], steps: [], notes: [] };
  await Promise.all(city.dockerHosts.map(host => requireDocker(client, host, city)));
  return { runs: true, refusals, ...(await inCopy(state, copy => planOfChange(options, before, copy))) };
}

function planOfCreation(city: City, refusals: readonly Refusal[]): UpPlan {
  const { layout } = dockerCity(city);
  const nothing = { unfinished: [], goneHosts: [], changedHosts: [], goneWires: [], stopped: [], agents: [] };
  return {
    runs: false,
    refusals,
    preparations: [],
    steps: planOf({ ...nothing, newHosts: layout.hosts, newWires: layout.wires }),
    notes: ['nothing was deployed from here; `up` checks what the Docker hosts lack (image, room, kernel)'],
  };
}

/**
 * Works on a copy of what a stack takes from the state folder: it is synthesised, secrets of new hosts are made and terraform locks there,
 * and all of it is gone afterwards. At the same depth, so that every path in it is the same.
 */
async function inCopy<T>({ root, out, secrets }: DockerState, work: (copy: string) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(root, 'plan-'));
  const own = (path: string) => cp(join(root, path), join(copy, path), { recursive: true, verbatimSymlinks: true }).catch(unlessMissing);
  try {
    await mkdir(join(copy, 'docker'), { recursive: true });
    await cp(secrets, join(copy, 'secrets'), { recursive: true }).catch(unlessMissing);
    for (const name of ['terraform.tfstate', 'backend.tf.json']) await own(join('docker', name));
    // The plug-in: without it terraform would fetch it once more.
    const kept = stackFolder(out).slice(root.length + 1);
    await mkdir(dirname(join(copy, kept)), { recursive: true });
    await own(join(kept, '.terraform'));
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function unlessMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause;
}

type PlannedChange = Pick<UpPlan, 'preparations' | 'steps' | 'notes'>;

async function planOfChange(options: DockerPlanOptions, before: Deployed, copy: string): Promise<PlannedChange> {
  const { source, state, client, progress } = options;
  const chosen = { ...before.chosen, ...options.chosen };
  progress('synthesis', 0, 1);
  const stack = await prepareStack({ source, state: copy, out: join(copy, 'docker', 'cdktf.out'), image: chosen.image || undefined });
  const [{ topology, layout }, was] = [dockerCity(stack.city), dockerCity(before.city).layout.hosts.map(({ name }) => name)];
  const groups = hostGroupsOf(topology, layout);
  const stays = new Set(layout.hosts.map(({ name }) => name));
  const [old, next] = await Promise.all([readyIn(stackFolder(state.out), groups), readyIn(stack.folder, groups)]);
  const goneHosts = was.filter(name => !stays.has(name));
  const files = groups.flatMap(group => arriving(group, old, next));
  const image = `${chosen.registry ?? ''}${imageName(stack.image)}`;
  const missing = (await hostsWithout(client, stack.city.dockerHosts, image)).map(({ key }) => key);
  const changes = missing.length > 0 ? allReplaced(new Set(was), groups, goneHosts) : await terraformPlan(options, stack, chosen);
  const planned: Planned = { city: stack.city, groups, wires: layout.wires, goneHosts, changes, arriving: files };
  const preparations: readonly Preparation[] = missing.length === 0 ? [] : [{ do: 'load-image', image, dockerHosts: missing }];
  return { preparations, steps: stepsOf(planned), notes: await notesOf(client, stack, planned, missing) };
}

async function terraformPlan(
  { terraform: program, path, certificates, source, progress, signal }: DockerPlanOptions,
  stack: Stack,
  chosen: Chosen,
) {
  const plugins = source.from === 'bundle' ? source.plugins : undefined;
  const terraform: Terraform = { program: await findTerraform(program, path), folder: stack.folder, plugins, certificates };
  await init(terraform, { signal });
  progress('plan', 0, 1);
  return plan(terraform, { progress, signal, variables: variablesOf(chosen) });
}

async function notesOf(client: Client, { city }: Stack, planned: Planned, missing: readonly string[]): Promise<readonly string[]> {
  const again = [...new Set([...notifiedAgain(planned), ...(await groupsNotApplied(client, city))])];
  return [
    ...(missing.length === 0
      ? []
      : ['terraform plans when the image is there; until then it may replace any container and notify all hosts']),
    ...(again.length === 0
      ? []
      : [`hosts of ${again.join(', ')} are notified of their files once more: a secret has changed, or they did not apply them before`]),
  ];
}
