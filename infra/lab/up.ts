import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { City } from '../city/model.js';
import { InputError, WorldError } from '../city/problem.js';
import { ensureImage, type Image, type Progress, wantedImage } from '../image/build.js';
import { secretStore } from '../image/secrets.js';
import type { Fabric } from '../site/fabric.js';
import { handBackWriter } from '../site/hand-back.js';
import { BUNDLES, type Host, type Layout } from '../site/host.js';
import { layoutFrom } from '../site/layout.js';
import { awaitSteady, observe } from '../site/observe.js';
import { type Check, type CheckResult, checksOf } from '../site/steady-state.js';
import { type Topology, topologyOf } from '../site/topology.js';
import { type LateMachine, type Watched, whileWatched } from '../site/while-watched.js';
import { type Applied, foldersOfHosts, readApplied, readPhase, writeApplied, writePhase } from './applied.js';
import { welcome } from './container.js';
import { type Changes, changesTo, converge, isNothing, restartBundles } from './converge.js';
import { createHosts, type Workshop } from './create.js';
import { mountHostsDisk, usersOf } from './disk.js';
import { labFabric } from './fabric.js';
import { endKeeper, ensureKeeper } from './keeper/start.js';
import { removeCity } from './remove.js';
import { ensureTools, requireMachine, requirePlainPath } from './requirements.js';
import { holdOperation, refuseSecondCity } from './single.js';
import type { StateFolder } from './state-folder.js';

export interface UpOptions {
  readonly state: StateFolder;
  readonly city: City;
  /** As the operator named the inventory. */
  readonly inventory: string;
  /** The folder of the built agents, and the keeper's built file. */
  readonly bundles: string;
  readonly keeper: string;
  readonly mirror: string | undefined;
  readonly deadlineMs: number;
  readonly progress: Progress;
  /** What is late, while the city comes to steady state. */
  readonly late: (late: readonly CheckResult[], hold: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** What `up` did, how long each part took, and what is still late (nothing when all is well). */
export interface UpOutcome {
  readonly did: 'created' | 'changed' | 'nothing';
  readonly layout: Layout;
  readonly imageBuilt: boolean;
  readonly changes:
    | {
        readonly newHosts: number;
        readonly goneHosts: number;
        readonly changedHosts: number;
        readonly newWires: number;
        readonly goneWires: number;
      }
    | undefined;
  readonly seconds: { readonly image: number; readonly hosts: number; readonly steady: number };
  readonly late: readonly CheckResult[];
  /** How late the machine was meanwhile, when it was too late. */
  readonly machine: LateMachine | undefined;
}

/**
 * Brings a city up on this machine, or a running one to a changed inventory, and waits until it is well.
 *
 * Killed at any point, the next `up` or `down` succeeds: what was being created is removed first, what was being changed goes on.
 *
 * @throws {WorldError} when the machine lacks something; nothing is left half done
 */
export async function up(options: UpOptions): Promise<UpOutcome> {
  const { state, signal, progress } = options;
  await requireMachine();
  requirePlainPath(state.root);
  const operation = await holdOperation();
  try {
    await refuseSecondCity(state);
    await refuseStaleImage(state);
    await ensureTools(progress);
    const start = performance.now();
    const image = await ensureImage({ folder: state.images, mirror: options.mirror, progress, signal });
    return await raise(options, image, (performance.now() - start) / 1000);
  } finally {
    operation.close();
  }
}

async function raise(options: UpOptions, image: Image, imageSeconds: number): Promise<UpOutcome> {
  const { state, city } = options;
  const topology = topologyOf(city);
  const layout = plain(layoutFrom(topology));
  const phase = await readPhase(state);
  const applied = await readApplied(state);
  // Hosts lie in memory: after a restart of the machine there are none.
  const runs = phase?.phase === 'running' && applied !== undefined && (await foldersOfHosts(state)).length > 0;
  if (!runs) {
    await endKeeper(state);
    await removeCity(state, options.progress);
  }
  await mkdir(state.city, { recursive: true });
  const shop = await workshop(options, image);
  const start = performance.now();
  const work = { options, shop, topology, layout, checks: checksOf(topology) };
  const done = runs ? await change(work, applied) : await create(work, image);
  const hostsSeconds = (performance.now() - start) / 1000;
  const { did, changes, newcomers } = done;
  let waited: Watched<readonly CheckResult[]>;
  try {
    await ensureKeeper(state, options.keeper);
    waited = await awaitWell(work);
  } finally {
    await welcome(state, newcomers);
  }
  return {
    did,
    changes,
    layout,
    imageBuilt: image.built,
    seconds: { image: imageSeconds, hosts: hostsSeconds, steady: (performance.now() - start) / 1000 },
    late: waited.result,
    machine: waited.machine,
  };
}

interface Work {
  readonly options: UpOptions;
  readonly shop: Workshop;
  readonly topology: Topology;
  readonly layout: Layout;
  readonly checks: readonly Check[];
}

interface Done extends Pick<UpOutcome, 'did' | 'changes'> {
  /** Hosts that came to a city at work. */
  readonly newcomers: readonly Host[];
}

async function create({ options, shop, layout }: Work, image: Image): Promise<Done> {
  const { state, city, inventory } = options;
  try {
    await writePhase(state, { phase: 'creating', image: image.digest });
    await mountHostsDisk(state);
    const bundles = await builtBundles(options);
    await copyBundles(options);
    await createHosts(shop, layout);
    await writeApplied(state, { inventory, city, wires: layout.wires, bundles });
    await writePhase(state, { phase: 'running', image: image.digest });
  } catch (error) {
    options.progress('undoing what was begun', 0, 1);
    await removeCity(state, () => {});
    throw error;
  }
  return { did: 'created', changes: undefined, newcomers: [] };
}

async function change(work: Work, applied: Applied): Promise<Done> {
  const { options, shop, layout } = work;
  const fabric = labFabric(options.state, layout);
  const changes = await changesTo(shop, layout, applied.wires, fabric);
  const bundles = await builtBundles(options);
  const rebuilt = BUNDLES.filter(name => bundles[name] !== applied.bundles[name]);
  if (isNothing(changes) && rebuilt.length === 0) return { did: 'nothing', changes: undefined, newcomers: [] };
  await refuseWhileFaulty(changes, fabric);
  const held = await heldChecks(work, fabric);
  stepBehindTheCity();
  // What goes is forgotten before it goes: a run that is cut short must not be taken to have it still.
  await writeApplied(options.state, { ...applied, wires: applied.wires.filter(wire => !changes.goneWires.includes(wire)) });
  await converge(shop, changes, async what => {
    const { result: late } = await awaitWell({ ...work, checks: held });
    if (late.length > 0)
      throw new WorldError(`the city is not well after the change of ${what}`, {
        cause: late.map(({ check, detail }) => `${check}: ${detail}`).join('; '),
        hint: 'see `citydc status`; `citydc up` goes on from here',
      });
  });
  if (rebuilt.length > 0) await copyBundles(options);
  await restartBundles(shop, layout.hosts, rebuilt);
  await writeApplied(options.state, { inventory: options.inventory, city: options.city, wires: layout.wires, bundles });
  return { did: 'changed', changes: counted(changes), newcomers: changes.newHosts };
}

/** People work in it: what changes it takes the processors that it leaves, and so does every tool that is started from here on. */
const stepBehindTheCity = (): void => setPriority(NICENESS);
const NICENESS = 10;

/** What holds before a change must hold again before the next site is touched; what was amiss already may be what the change mends. */
async function heldChecks({ checks, options }: Work, fabric: Fabric): Promise<readonly Check[]> {
  const results = await observe(checks, fabric, options.signal);
  return checks.filter((_, index) => results[index]?.state === 'ok');
}

const counted = ({ newHosts, goneHosts, changedHosts, newWires, goneWires }: Changes) => ({
  newHosts: newHosts.length,
  goneHosts: goneHosts.length,
  changedHosts: changedHosts.length,
  newWires: newWires.length,
  goneWires: goneWires.length,
});

async function refuseWhileFaulty(changes: Changes, fabric: Fabric): Promise<void> {
  const faults = await fabric.faults();
  if (faults.length === 0 || isNothing({ ...changes, stopped: [] })) return;
  throw new WorldError(`the city cannot be changed while a fault is in force: ${faults.map(({ id }) => id).join(', ')}`, {
    hint: 'undo it first: citydc fault heal',
  });
}

function awaitWell({ options, layout, checks, topology }: Work): Promise<Watched<readonly CheckResult[]>> {
  const fabric = labFabric(options.state, layout);
  const { deadlineMs, signal, late: progress } = options;
  const mend = (late: readonly CheckResult[]) => handBackWriter(checks, fabric, late);
  const wait = () => awaitSteady(checks, fabric, { deadlineMs, signal, progress, mend });
  return whileWatched(topology, fabric, wait, late => late.length === 0);
}

async function workshop({ state, progress, signal }: UpOptions, image: Image): Promise<Workshop> {
  return { state, imageRoot: image.root, users: await usersOf(image.root), secrets: secretStore(state.secrets), progress, signal };
}

type BundleDigests = Applied['bundles'];

/** @throws {InputError} when an agent is not built */
async function builtBundles({ bundles }: UpOptions): Promise<BundleDigests> {
  const entries = await Promise.all(BUNDLES.map(async name => [name, await digest(join(bundles, `${name}.mjs`))] as const));
  return Object.fromEntries(entries) as BundleDigests;
}

/** Puts the built agents where all hosts see them, each in one step: a process that starts meanwhile reads the old one or the new. */
async function copyBundles({ state, bundles }: UpOptions): Promise<void> {
  await mkdir(state.bundles, { recursive: true });
  for (const name of BUNDLES) {
    const file = join(state.bundles, `${name}.mjs`);
    await copyFile(join(bundles, `${name}.mjs`), `${file}.new`);
    await rename(`${file}.new`, file);
  }
}

const digest = (path: string): Promise<string> =>
  readFile(path).then(
    content => createHash('sha256').update(content).digest('hex'),
    () => {
      throw new InputError([{ rule: 'not-built', path, message: 'the agents are not built', hint: 'run `npm run build`' }]);
    },
  );

/** A running city stays on the image that it was made from. @throws {WorldError} when today's recipe asks for another */
async function refuseStaleImage(state: StateFolder): Promise<void> {
  const phase = await readPhase(state);
  if (phase?.phase === 'running' && phase.image !== wantedImage())
    throw new WorldError('the running city was made from another image', {
      hint: 'its packages changed: run `citydc down`, then `citydc up`',
    });
}

/** As it will be read back, so that what is wanted and what was applied compare. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
