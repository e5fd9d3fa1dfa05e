import { chmod, mkdir } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import { arrive } from '../fabric/arrive.js';
import { changesBetween, isNothing, type LayoutChanges } from '../fabric/convergence/changes.js';
import { planOf } from '../fabric/convergence/plan.js';
import type { Fabric } from '../fabric/fabric.js';
import { endKeeper, ensureKeeper } from '../fabric/keeper/start.js';
import { locksOf } from '../fabric/locks/locks.js';
import { observe } from '../fabric/observe.js';
import { identitiesOf } from '../fabric/pki/identity.js';
import { type Check, type CheckResult, checksOf } from '../fabric/steady-state.js';
import type { LateMachine, Watched } from '../fabric/while-watched.js';
import { ensureImage, type Image, type Progress } from '../image/build.js';
import { secretStore, withDigests } from '../image/secrets.js';
import type { Layout } from '../site/host.js';
import { layoutFrom } from '../site/layout.js';
import { type Topology, topologyOf } from '../site/topology.js';
import { type Applied, writeApplied, writePhase } from './applied.js';
import { builtBundles, copyBundles } from './bundles.js';
import { converge } from './converge.js';
import { createHosts, type LabContext } from './create.js';
import { mountHostsDisk, usersOf } from './disk.js';
import { labFabric } from './fabric.js';
import { grantAccess } from './keeper/access.js';
import { refuseSecondCity } from './one-city.js';
import { appliedState, findCity, plain, refuseChangeWhileFaulty, refuseEtcdInClear, refuseStaleImage } from './plan.js';
import { removeCity } from './remove.js';
import { ensureTools, requireMachine, requirePlainPath } from './requirements.js';
import { keeperOf, type StateFolder } from './state-folder.js';

/** What `up` in the lab takes. */
export interface LabUpOptions {
  readonly state: StateFolder;
  readonly city: City;
  /** As the operator named the inventory. */
  readonly inventory: string;
  /** The folder of the built agents, and the keeper's built file. */
  readonly bundles: string;
  readonly keeper: string;
  readonly mirror: string | undefined;
  /** Whether silences may be made and ended over the monitors' pages, until the next `up`. */
  readonly writablePages: boolean;
  readonly deadlineMs: number;
  readonly progress: Progress;
  /** A line for the operator. */
  readonly note: (text: string) => void;
  /** What is late, while the city comes to steady state. */
  readonly late: (late: readonly CheckResult[], hold: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** What `up` did, how long each part took, and the checks that do not hold yet (none when the city is healthy). */
export interface LabUpOutcome {
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
 * Brings a city up on this machine, or a running one to a changed inventory, and waits for steady state.
 *
 * When it is killed, the next `up` or `down` succeeds: an incomplete city is removed first, an interrupted change is continued.
 *
 * @throws {WorldError} when the machine lacks something, or a step fails; a city that was being created is removed again
 */
export async function up(options: LabUpOptions): Promise<LabUpOutcome> {
  const { state, signal, progress } = options;
  await requireMachine();
  requirePlainPath(state.root);
  const operation = await locksOf(state.locks).holdOperation();
  try {
    await keepToRoot(state);
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

/** Hosts' files, secrets and an image with programs that give rights: no other user of the machine looks in. */
async function keepToRoot({ root }: StateFolder): Promise<void> {
  await mkdir(root, { recursive: true });
  await chmod(root, 0o700);
}

async function raise(options: LabUpOptions, image: Image, imageSeconds: number): Promise<LabUpOutcome> {
  const { state, city } = options;
  const topology = topologyOf(city);
  const { running } = await findCity(state);
  if (running === undefined) {
    await endKeeper(keeperOf(state));
    await removeCity(state, options.progress);
  }
  await mkdir(state.city, { recursive: true });
  const lab = await labContext(options, image);
  const layout = plain(await withDigests(layoutFrom(topology), lab.secrets));
  const start = performance.now();
  const work = { options, lab, topology, layout, checks: checksOf(topology) };
  const done = running === undefined ? await create(work, image) : await change(work, running);
  const hostsSeconds = (performance.now() - start) / 1000;
  const { did, changes } = done;
  await grantAccess(state.pageAccess, options.writablePages);
  await ensureKeeper({ ...keeperOf(state), file: options.keeper });
  const waited = await awaitSteady(work);
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
  readonly options: LabUpOptions;
  readonly lab: LabContext;
  readonly topology: Topology;
  readonly layout: Layout;
  readonly checks: readonly Check[];
}

type Done = Pick<LabUpOutcome, 'did' | 'changes'>;

async function create({ options, lab, layout }: Work, image: Image): Promise<Done> {
  const { state, city, inventory } = options;
  try {
    await writePhase(state, { phase: 'creating', image: image.digest });
    await mountHostsDisk(state);
    const bundles = await builtBundles(options.bundles);
    await copyBundles(state, options.bundles);
    await createHosts(lab, layout);
    await writeApplied(state, { inventory, city, wires: layout.wires, bundles });
    await writePhase(state, { phase: 'running', image: image.digest });
  } catch (error) {
    options.progress('undoing what was begun', 0, 1);
    await removeCity(state, () => {});
    throw error;
  }
  return { did: 'created', changes: undefined };
}

async function change(work: Work, applied: Applied): Promise<Done> {
  const { options, lab, layout } = work;
  const fabric = labFabric(options.state, layout);
  const bundles = await builtBundles(options.bundles);
  const runs = await appliedState(options.state, applied, fabric);
  refuseEtcdInClear(runs);
  const changes = changesBetween(runs, { ...layout, bundles });
  if (isNothing(changes)) return { did: 'nothing', changes: undefined };
  await refuseChangeWhileFaulty(options.state, changes);
  const held = await heldChecks(work, fabric);
  yieldToTheCity();
  // Wires are taken off the record before they are removed: after a killed run the record must not claim wires that are gone.
  await writeApplied(options.state, { ...applied, wires: applied.wires.filter(wire => !changes.goneWires.includes(wire)) });
  const awaitHeld = async (what: string) => {
    const { result: late } = await awaitSteady({ ...work, checks: held });
    if (late.length > 0)
      throw new WorldError(`the city is not healthy after the change of ${what}`, {
        cause: late.map(({ check, detail }) => `${check}: ${detail}`).join('; '),
        hint: 'see `citydc status`; `citydc up` continues from here',
      });
  };
  await converge({ lab, layout, copyBundles: () => copyBundles(options.state, options.bundles), awaitSteady: awaitHeld }, planOf(changes));
  await writeApplied(options.state, { inventory: options.inventory, city: options.city, wires: layout.wires, bundles });
  return { did: 'changed', changes: counted(changes) };
}

/** The city serves during a change: this process and every tool that it starts from here on get the processors only after it. */
const yieldToTheCity = (): void => setPriority(NICENESS);
const NICENESS = 10;

/** The checks that must hold again before the next site is changed: those that hold now. The change may be what repairs the others. */
async function heldChecks({ checks, options }: Work, fabric: Fabric): Promise<readonly Check[]> {
  const results = await observe(checks, fabric, options.signal);
  return checks.filter((_, index) => results[index]?.state === 'ok');
}

const counted = ({ newHosts, goneHosts, changedHosts, newWires, goneWires }: LayoutChanges) => ({
  newHosts: newHosts.length,
  goneHosts: goneHosts.length,
  changedHosts: changedHosts.length,
  newWires: newWires.length,
  goneWires: goneWires.length,
});

const awaitSteady = ({ options, layout, checks, topology }: Work): Promise<Watched<readonly CheckResult[]>> =>
  arrive({ topology, checks, fabric: labFabric(options.state, layout), ...options, progress: options.late });

async function labContext({ state, city, note, progress, signal }: LabUpOptions, image: Image): Promise<LabContext> {
  return {
    state,
    imageRoot: image.root,
    users: await usersOf(image.root),
    secrets: secretStore(state.secrets, identitiesOf(topologyOf(city)), note),
    progress,
    signal,
  };
}
