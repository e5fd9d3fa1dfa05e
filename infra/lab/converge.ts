import { cpus } from 'node:os';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { WorldError } from '../city/problem.js';
import type { AgentProcess } from '../fabric/convergence/changes.js';
import type { HostChange } from '../fabric/convergence/host-change.js';
import type { Step } from '../fabric/convergence/plan.js';
import type { Host, Layout, Wire } from '../site/host.js';
import { APPLY_NETWORK } from '../site/programs/network.js';
import { applyWords } from '../site/programs/supervisor.js';
import { writeAppliedHost } from './applied.js';
import { forgetContainers, killContainers, startContainers, writeBundle } from './container.js';
import { createHosts, type Workshop } from './create.js';
import { furnish, removeHostFile } from './disk.js';
import { powerOn } from './fabric.js';
import { holdBack } from './processors.js';
import { removeHosts } from './remove.js';
import { layWires, removeWires } from './wiring.js';

/** Hosts that are changed at a time: what they do for it (a reload of routes is a second of work) leaves half of the processors to the city. */
const AT_ONCE = Math.max(1, Math.floor(cpus().length / 2));

/** What a plan is carried out on. */
export interface Site {
  readonly shop: Workshop;
  readonly layout: Layout;
  /** Puts the built agents where all hosts see them. */
  readonly copyBundles: () => Promise<void>;
  /** Between two sites whose hosts restart, the city must be healthy again: never against the quorum. */
  readonly awaitSteady: (what: string) => Promise<void>;
}

/** Carries a plan out on a running city. Broken off anywhere, the next plan has what is left of it. */
export async function converge(site: Site, steps: readonly Step[]): Promise<void> {
  const wanted = new Map(site.layout.hosts.map(host => [host.name, host]));
  const total = steps.reduce((sum, step) => sum + (step.do === 'change-hosts' ? step.hosts.length : 0), 0);
  let done = 0;
  const changed = () => site.shop.progress('changed hosts', ++done, total);
  for (const step of steps) {
    site.shop.signal.throwIfAborted();
    await carryOut(site, step, hostIn(wanted), changed);
  }
}

type HostOf = (name: string) => Host;

const hostIn =
  (hosts: ReadonlyMap<string, Host>): HostOf =>
  name => {
    const host = hosts.get(name);
    if (host === undefined) throw new Error(`the plan names ${name}, which is in no layout`);
    return host;
  };

async function carryOut(site: Site, step: Step, hostOf: HostOf, changed: () => void): Promise<void> {
  const { shop } = site;
  switch (step.do) {
    case 'remove-wires':
      return removeWires(shop.state, step.wires);
    case 'remove-hosts':
      return removeHosts(shop.state, step.hosts);
    case 'lay-wires':
      return layWires(shop.state, await notLaid(shop, step.wires));
    case 'create-hosts':
      await createHosts(shop, { hosts: step.hosts.map(hostOf), wires: step.wires });
      return holdBack(shop.state, step.hosts);
    case 'power-on':
      return powerOn(shop.state, step.hosts);
    case 'apply-network':
      return void (await Promise.all(step.hosts.map(host => inHost(shop, host, APPLY_NETWORK))));
    case 'change-hosts':
      return changeHosts(shop, step.hosts, hostOf, changed);
    case 'await-steady':
      return site.awaitSteady(step.after.join(', '));
    case 'restart-agents':
      await site.copyBundles();
      return restartAgents(shop, step.agents);
    case 'replace-hosts':
      throw new Error('a host of the lab is changed where it stands');
  }
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

async function changeHosts(shop: Workshop, changes: readonly HostChange[], hostOf: HostOf, changed: () => void): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    changes.map(change =>
      limit(async () => {
        shop.signal.throwIfAborted();
        await changeHost(shop, change, hostOf(change.host));
        changed();
      }),
    ),
  );
}

async function changeHost(shop: Workshop, change: HostChange, after: Host): Promise<void> {
  const { state } = shop;
  for (const { path, what } of change.files) if (what === 'gone') removeHostFile(state, after.name, path);
  const arrive = new Set(change.files.filter(({ what }) => what !== 'gone').map(({ path }) => path));
  await furnish(state, shop.users, shop.secrets, { ...after, files: after.files.filter(({ path }) => arrive.has(path)) });
  await writeBundle(state, after);
  if (change.effect === 'boot') await reboot(shop, after.name);
  else for (const { program, how } of change.programs) await inHost(shop, after.name, applyWords(program, how));
  await writeAppliedHost(state, after);
  if (change.newWires) await inHost(shop, after.name, APPLY_NETWORK);
}

async function reboot({ state }: Workshop, host: string): Promise<void> {
  await killContainers(state, [host]);
  await forgetContainers(state, [host]);
  await startContainers(state, [host], () => {});
}

async function restartAgents(shop: Workshop, agents: readonly AgentProcess[]): Promise<void> {
  for (const { host, process } of agents) await inHost(shop, host, ['sv', 'restart', `/etc/service/${process}`]);
}

async function inHost({ state }: Workshop, host: string, command: readonly string[]): Promise<void> {
  const result = await execa('runc', ['--root', state.runc, 'exec', host, ...command], { reject: false, all: true, timeout: 60_000 });
  if (result.failed)
    throw new WorldError(`'${command.join(' ')}' failed on ${host}`, {
      cause: result.all,
      hint: 'mend the cause and run `citydc up` again; what is done is kept',
    });
}
