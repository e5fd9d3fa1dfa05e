import { cpus } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { WorldError } from '../city/problem.js';
import type { Fabric } from '../site/fabric.js';
import { hostsOff } from '../site/faults/lines.js';
import type { BundleName, Host, HostFile, Layout, OnChange, Wire } from '../site/host.js';
import { APPLY_NETWORK } from '../site/programs/network.js';
import { applyWords } from '../site/programs/supervisor.js';
import { foldersOfHosts, readAppliedHost, writeAppliedHost } from './applied.js';
import { forgetContainers, initPid, killContainers, startContainers, writeBundle } from './container.js';
import { createHosts, type Workshop } from './create.js';
import { furnish, removeHostFile } from './disk.js';
import { powerOn } from './fabric.js';
import { holdBack } from './processors.js';
import { removeHosts } from './remove.js';
import { layWires, removeWires } from './wiring.js';

/** Hosts that are changed at a time: what they do for it (a reload of routes is a second of work) leaves half of the processors to the city. */
const AT_ONCE = Math.max(1, Math.floor(cpus().length / 2));

/** What a changed layout asks of a running city. */
export interface Changes {
  readonly newHosts: readonly Host[];
  readonly goneHosts: readonly string[];
  readonly changedHosts: readonly ChangedHost[];
  readonly newWires: readonly Wire[];
  readonly goneWires: readonly Wire[];
  /** Hosts that are off though no fault keeps them off. */
  readonly stopped: readonly string[];
}

interface ChangedHost {
  readonly before: Host;
  readonly after: Host;
}

export const isNothing = (changes: Changes): boolean => Object.values(changes).every(list => list.length === 0);

/** Compares what runs with what is wanted, both as plain data. A host half-way made counts as new. */
export async function changesTo({ state }: Workshop, layout: Layout, appliedWires: readonly Wire[], fabric: Fabric): Promise<Changes> {
  const present = await foldersOfHosts(state);
  const wanted = new Map(layout.hosts.map(host => [host.name, host]));
  const known = (await Promise.all(present.map(name => readAppliedHost(state, name)))).filter(host => host !== undefined);
  const before = new Set(known.map(({ name }) => name));
  const meantOff = hostsOff(await fabric.faults());
  const off = await Promise.all(known.map(async ({ name }) => ((await initPid(state, name)) === undefined ? [name] : [])));
  const among = (wires: readonly Wire[]) => {
    const byName = new Map(wires.map(wire => [wire.name, wire]));
    return (wire: Wire) => isDeepStrictEqual(byName.get(wire.name), wire);
  };
  const [isApplied, isWanted] = [among(appliedWires), among(layout.wires)];
  return {
    newHosts: layout.hosts.filter(({ name }) => !before.has(name)),
    goneHosts: present.filter(name => !wanted.has(name)),
    changedHosts: known.flatMap(host => {
      const after = wanted.get(host.name);
      return after === undefined || isDeepStrictEqual(host, after) ? [] : [{ before: host, after }];
    }),
    newWires: layout.wires.filter(wire => !isApplied(wire)),
    goneWires: appliedWires.filter(wire => !isWanted(wire)),
    stopped: off.flat().filter(name => wanted.has(name) && !meantOff.has(name)),
  };
}

/** Between two sites whose hosts restart, the city must be well again: never against the quorum. */
export type AwaitWell = (what: string) => Promise<void>;

/** Brings a running city to a layout, touching only what differs: what is between sites first, then one site at a time. */
export async function converge(shop: Workshop, changes: Changes, awaitWell: AwaitWell): Promise<void> {
  const { state, progress, signal } = shop;
  // What a killed run had half-way made is made anew.
  const halfMade = (await foldersOfHosts(state)).filter(name => changes.newHosts.some(host => host.name === name));
  const touchesHalfMade = (wire: Wire) => wire.ends.some(({ host }) => halfMade.includes(host));
  await removeWires(state, [...changes.goneWires, ...changes.newWires.filter(touchesHalfMade)]);
  await removeHosts(state, [...changes.goneHosts, ...halfMade]);
  const toNew = (wire: Wire) => wire.ends.some(({ host }) => changes.newHosts.some(({ name }) => name === host));
  await layWires(
    state,
    await notLaid(
      shop,
      changes.newWires.filter(wire => !toNew(wire)),
    ),
  );
  await createHosts(shop, { hosts: changes.newHosts, wires: changes.newWires.filter(toNew) });
  holdBack(
    state,
    changes.newHosts.map(({ name }) => name),
  );
  await powerOn(state, changes.stopped);
  const relinked = endsOfNewWires(changes);
  const changed = new Set(changes.changedHosts.map(({ after }) => after.name));
  await Promise.all([...relinked].filter(host => !changed.has(host)).map(host => inHost(state, host, APPLY_NETWORK)));
  let done = 0;
  for (const group of bySite(changes.changedHosts)) {
    const limit = pLimit(AT_ONCE);
    const restarts = await Promise.all(
      group.map(({ before, after }) =>
        limit(async () => {
          signal.throwIfAborted();
          const how = await convergeHost(shop, before, after);
          if (relinked.has(after.name)) await inHost(state, after.name, APPLY_NETWORK);
          progress('changed hosts', ++done, changes.changedHosts.length);
          return how;
        }),
      ),
    );
    if (restarts.includes('restart') || restarts.includes('boot')) await awaitWell(group.map(({ after }) => after.name).join(', '));
  }
}

/** Running hosts at the ends of new wires: those come up with their addresses also where the host's files stay as they are. */
function endsOfNewWires({ newHosts, newWires }: Changes): ReadonlySet<string> {
  const booting = new Set(newHosts.map(({ name }) => name));
  return new Set(newWires.flatMap(({ ends }) => ends.map(({ host }) => host)).filter(host => !booting.has(host)));
}

/** A killed run may have laid a wire already. */
async function notLaid({ state }: Workshop, wires: readonly Wire[]): Promise<readonly Wire[]> {
  const laid = await Promise.all(
    wires.map(({ ends: [{ host, device }] }) =>
      execa('nsenter', [`--net=${state.namespace(host)}`, 'ip', 'link', 'show', device], { reject: false }).then(({ failed }) => !failed),
    ),
  );
  return wires.filter((_, index) => laid[index] !== true);
}

/** Hosts outside sites together, then each site's. */
function bySite(changed: readonly ChangedHost[]): readonly (readonly ChangedHost[])[] {
  const groups = new Map<string, ChangedHost[]>();
  for (const pair of changed) {
    const key = pair.after.slot === undefined ? '' : `s${pair.after.node}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  return [...groups.entries()].toSorted(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : b.localeCompare(a))).map(([, group]) => group);
}

const RANK = { reload: 0, restart: 1, boot: 2 } as const satisfies Record<OnChange, number>;

async function convergeHost(shop: Workshop, before: Host, after: Host): Promise<OnChange | undefined> {
  const { state } = shop;
  const changed = after.files.filter(file => !before.files.some(old => isDeepStrictEqual(old, file)));
  const gone = before.files.filter(old => !after.files.some(({ path }) => path === old.path));
  for (const { path } of gone) removeHostFile(state, after.name, path);
  await furnish(state, shop.users, shop.secrets, { ...after, files: changed });
  await writeBundle(state, after);
  const programs = new Map<string, OnChange>();
  for (const file of [...changed, ...gone]) programs.set(file.program, worse(programs.get(file.program), file));
  const sysctlsChanged = !isDeepStrictEqual(before.sysctls, after.sysctls);
  const worst =
    sysctlsChanged || [...programs.values()].includes('boot') ? 'boot' : [...programs.values()].toSorted((a, b) => RANK[b] - RANK[a])[0];
  if (worst === 'boot') await reboot(state, after.name);
  else for (const [program, how] of programs) if (how !== 'boot') await inHost(state, after.name, applyWords(program, how));
  await writeAppliedHost(state, after);
  return worst;
}

const worse = (known: OnChange | undefined, { onChange }: HostFile): OnChange =>
  known !== undefined && RANK[known] > RANK[onChange] ? known : onChange;

async function reboot(state: Workshop['state'], host: string): Promise<void> {
  await killContainers(state, [host]);
  await forgetContainers(state, [host]);
  await startContainers(state, [host], () => {});
}

/** Restarts the processes that run one of our own programs whose bundle has changed. */
export async function restartBundles({ state }: Workshop, hosts: readonly Host[], bundles: readonly BundleName[]): Promise<void> {
  for (const host of hosts) {
    for (const process of host.processes) {
      if (process.bundle !== undefined && bundles.includes(process.bundle))
        await inHost(state, host.name, ['sv', 'restart', `/etc/service/${process.name}`]);
    }
  }
}

async function inHost(state: Workshop['state'], host: string, command: readonly string[]): Promise<void> {
  const result = await execa('runc', ['--root', state.runc, 'exec', host, ...command], { reject: false, all: true, timeout: 60_000 });
  if (result.failed)
    throw new WorldError(`'${command.join(' ')}' failed on ${host}`, {
      cause: result.all,
      hint: 'mend the cause and run `citydc up` again; what is done is kept',
    });
}
