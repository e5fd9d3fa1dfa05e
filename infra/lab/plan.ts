import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import { refuseWhileFaulty } from '../fabric/arrive.js';
import { type AppliedState, changesBetween, isNothing, type LayoutChanges, type WantedState } from '../fabric/convergence/changes.js';
import { type Preparation, planOf, type UpPlan } from '../fabric/convergence/plan.js';
import { refusalsOf } from '../fabric/convergence/refusals.js';
import type { Fabric } from '../fabric/fabric.js';
import { hostsOff } from '../fabric/faults/lines.js';
import { isKept } from '../fabric/keeper/start.js';
import { locksOf } from '../fabric/locks/locks.js';
import { identitiesOf } from '../fabric/pki/identity.js';
import { hasImage, wantedImage } from '../image/build.js';
import { secretStore, withDigests } from '../image/secrets.js';
import { BUNDLES, type Layout } from '../site/host.js';
import { layoutFrom } from '../site/layout.js';
import { type Topology, topologyOf } from '../site/topology.js';
import { type Applied, foldersOfHosts, type Phase, readApplied, readAppliedHost, readPhase } from './applied.js';
import { builtBundles } from './bundles.js';
import { initPid } from './container.js';
import { labFabric } from './fabric.js';
import { refuseSecondCity } from './one-city.js';
import { missingPackages, requireMachine, requirePlainPath, requireRoot } from './requirements.js';
import type { StateFolder } from './state-folder.js';

/** What `up` finds on this machine. */
export interface Found {
  readonly phase: Phase | undefined;
  /** What a running city was made from; undefined when none runs. */
  readonly running: Applied | undefined;
}

/** What `up` finds. Hosts are in memory: after a restart of the machine none runs, whatever the stored phase says. */
export async function findCity(state: StateFolder): Promise<Found> {
  const [phase, applied, hosts] = await Promise.all([readPhase(state), readApplied(state), foldersOfHosts(state)]);
  return { phase, running: phase?.phase === 'running' && hosts.length > 0 ? applied : undefined };
}

/** The running city, as it was last applied. */
export async function appliedState(state: StateFolder, applied: Applied, fabric: Fabric): Promise<AppliedState> {
  const present = await foldersOfHosts(state);
  const hosts = (await Promise.all(present.map(name => readAppliedHost(state, name)))).filter(host => host !== undefined);
  const finished = new Set(hosts.map(({ name }) => name));
  const meantOff = hostsOff(await fabric.faults());
  const off = await Promise.all([...finished].map(async name => ((await initPid(state, name)) === undefined ? [name] : [])));
  return {
    hosts,
    unfinished: present.filter(name => !finished.has(name)),
    wires: applied.wires,
    stopped: off.flat().filter(name => !meantOff.has(name)),
    bundles: applied.bundles,
  };
}

/** A running city stays on the image from which it was created. @throws {WorldError} when today's recipe makes another */
export async function refuseStaleImage(state: StateFolder): Promise<void> {
  if (isStale(await readPhase(state)))
    throw new WorldError('the running city was made from another image', {
      hint: 'its packages changed: run `citydc down`, then `citydc up`',
    });
}

const isStale = (phase: Phase | undefined): boolean => phase?.phase === 'running' && phase.image !== wantedImage();

/** Stopped hosts may be started under any fault. @throws {WorldError} when more is to be changed while a fault is active */
export const refuseChangeWhileFaulty = async ({ faults }: StateFolder, changes: LayoutChanges): Promise<void> => {
  if (!isNothing({ ...changes, stopped: [] })) await refuseWhileFaulty(faults, 'citydc fault heal');
};

/**
 * Members of etcd know each other by addresses with their scheme: a cluster of before there was TLS cannot change to it while it votes.
 *
 * @throws {WorldError} when the running city has such a one
 */
export function refuseEtcdInClear({ hosts }: Pick<AppliedState, 'hosts'>): void {
  const clear = hosts.find(({ role, secrets }) => role === 'etcd' && !secrets.some(({ name }) => name.startsWith('certificate:etcd/')));
  if (clear !== undefined)
    throw new WorldError(`${clear.name} runs an etcd that speaks in clear, from before its lines were encrypted`, {
      hint: 'a running cluster cannot change that: run `citydc down`, then `citydc up`; documents in the lab are lost by it, evidence is kept',
    });
}

/** A value as JSON would give it back: what is wanted can then be compared with what was stored. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What the plan of an `up` in the lab takes. */
export interface LabPlanOptions {
  readonly state: StateFolder;
  readonly city: City;
  /** The folder of the built agents. */
  readonly bundles: string;
}

/**
 * What `up` would do now. Nothing is changed; root is needed only where a city runs.
 *
 * @throws {WorldError} when a city runs and this user is not root
 */
export async function planUp({ state, city, bundles }: LabPlanOptions): Promise<UpPlan> {
  requirePlainPath(state.root);
  const topology = topologyOf(city);
  const { phase, running } = await findCity(state);
  if (running !== undefined) requireRoot('the plan of a change needs root: what runs is seen by root only');
  const known = running === undefined ? layoutFrom(topology) : await withWantedDigests(state, topology);
  const layout = plain(known);
  const wanted: WantedState = { ...layout, bundles: running === undefined ? NO_BUNDLES : await builtBundles(bundles) };
  const fabric = labFabric(state, layout);
  // A city from another image is created anew, as the refusal's hint says.
  const applied = running === undefined || isStale(phase) ? nothing(wanted) : await appliedState(state, running, fabric);
  const changes = changesBetween(applied, wanted);
  const refusals = await refusalsOf([
    requireMachine,
    () => locksOf(state.locks).refuseOtherOperation(),
    () => refuseSecondCity(state),
    () => refuseStaleImage(state),
    async () => refuseEtcdInClear(applied),
    () => refuseChangeWhileFaulty(state, changes),
  ]);
  return {
    runs: running !== undefined,
    refusals,
    preparations: await preparations(state, phase, running),
    steps: planOf(changes),
    notes: [],
  };
}

/** The layout with the secrets that `up` would give its hosts: made on a copy, and nothing of it stays. */
async function withWantedDigests({ root, secrets }: StateFolder, topology: Topology): Promise<Layout> {
  const copy = await mkdtemp(join(root, 'plan-'));
  try {
    // A city whose secrets are gone gets new ones.
    if (existsSync(secrets)) await cp(secrets, join(copy, 'secrets'), { recursive: true });
    return await withDigests(
      layoutFrom(topology),
      secretStore(join(copy, 'secrets'), identitiesOf(topology), () => undefined),
    );
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const NO_BUNDLES = Object.fromEntries(BUNDLES.map(name => [name, ''])) as WantedState['bundles'];
const nothing = ({ bundles }: WantedState): AppliedState => ({ hosts: [], unfinished: [], wires: [], stopped: [], bundles });

async function preparations(state: StateFolder, phase: Phase | undefined, running: Applied | undefined): Promise<readonly Preparation[]> {
  const [packages, kept] = await Promise.all([missingPackages(), isKept(state.locks)]);
  return [
    ...(packages.length === 0 ? [] : [{ do: 'install-packages', packages } as const]),
    ...(hasImage(state.images) ? [] : [{ do: 'build-image', image: wantedImage() } as const]),
    ...(running === undefined && phase !== undefined ? [{ do: 'remove-leftovers' } as const] : []),
    ...(kept && running !== undefined ? [] : [{ do: 'start-keeper' } as const]),
  ];
}
