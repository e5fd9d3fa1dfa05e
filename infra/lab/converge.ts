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
import { createHosts, type LabContext } from './create.js';
import { removeHostFile, writeRoot } from './disk.js';
import { powerOn } from './fabric.js';
import { holdBack } from './processors.js';
import { removeHosts } from './remove.js';
import { layWires, removeWires } from './wiring.js';

/** How many hosts are changed at a time: half of the processors stay with the city, since a change is work (1 s for a reload of routes). */
const AT_ONCE = Math.max(1, Math.floor(cpus().length / 2));

/** A running city on which a plan is carried out. */
export interface ConvergingLab {
  readonly lab: LabContext;
  readonly layout: Layout;
  /** Copies the built agents to the folder that all hosts mount. */
  readonly copyBundles: () => Promise<void>;
  /** Between two sites whose hosts restart, the city must be healthy again: never against the quorum. */
  readonly awaitSteady: (what: string) => Promise<void>;
}

/** Carries out a plan on a running city. When it is interrupted, the next plan contains the rest. */
export async function converge(running: ConvergingLab, steps: readonly Step[]): Promise<void> {
  const wanted = new Map(running.layout.hosts.map(host => [host.name, host]));
  const total = steps.reduce((sum, step) => sum + (step.do === 'change-hosts' ? step.hosts.length : 0), 0);
  let done = 0;
  const changed = () => running.lab.progress('changed hosts', ++done, total);
  for (const step of steps) {
    running.lab.signal.throwIfAborted();
    await carryOut(running, step, hostIn(wanted), changed);
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

async function carryOut(running: ConvergingLab, step: Step, hostOf: HostOf, changed: () => void): Promise<void> {
  const { lab } = running;
  switch (step.do) {
    case 'remove-wires':
      return removeWires(lab.state, step.wires);
    case 'remove-hosts':
      return removeHosts(lab.state, step.hosts);
    case 'lay-wires':
      return layWires(lab.state, await notLaid(lab, step.wires));
    case 'create-hosts':
      await createHosts(lab, { hosts: step.hosts.map(hostOf), wires: step.wires });
      return holdBack(lab.state, step.hosts);
    case 'power-on':
      return powerOn(lab.state, step.hosts);
    case 'apply-network':
      return void (await Promise.all(step.hosts.map(host => inHost(lab, host, APPLY_NETWORK))));
    case 'change-hosts':
      return changeHosts(lab, step.hosts, hostOf, changed);
    case 'await-steady':
      return running.awaitSteady(step.after.join(', '));
    case 'restart-agents':
      await running.copyBundles();
      return restartAgents(lab, step.agents);
    case 'replace-hosts':
      throw new Error('the lab changes hosts in place');
  }
}

/** The wires that are not there: a killed run may have laid some. */
async function notLaid({ state }: LabContext, wires: readonly Wire[]): Promise<readonly Wire[]> {
  const laid = await Promise.all(
    wires.map(({ ends: [{ host, device }] }) =>
      execa('nsenter', [`--net=${state.namespace(host)}`, 'ip', 'link', 'show', device], { reject: false }).then(({ failed }) => !failed),
    ),
  );
  return wires.filter((_, index) => laid[index] !== true);
}

async function changeHosts(lab: LabContext, changes: readonly HostChange[], hostOf: HostOf, changed: () => void): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    changes.map(change =>
      limit(async () => {
        lab.signal.throwIfAborted();
        await changeHost(lab, change, hostOf(change.host));
        changed();
      }),
    ),
  );
}

async function changeHost(lab: LabContext, change: HostChange, after: Host): Promise<void> {
  const { state } = lab;
  for (const { path, what } of change.files) if (what === 'gone') removeHostFile(state, after.name, path);
  const written = new Set(change.files.filter(({ what }) => what !== 'gone').map(({ path }) => path));
  await writeRoot(state, lab.users, lab.secrets, { ...after, files: after.files.filter(({ path }) => written.has(path)) });
  await writeBundle(state, after);
  if (change.effect === 'boot') await reboot(lab, after.name);
  else for (const { program, how } of change.programs) await inHost(lab, after.name, applyWords(program, how));
  await writeAppliedHost(state, after);
  if (change.newWires) await inHost(lab, after.name, APPLY_NETWORK);
}

async function reboot({ state }: LabContext, host: string): Promise<void> {
  await killContainers(state, [host]);
  await forgetContainers(state, [host]);
  await startContainers(state, [host], () => {});
}

async function restartAgents(lab: LabContext, agents: readonly AgentProcess[]): Promise<void> {
  for (const { host, process } of agents) await inHost(lab, host, ['sv', 'restart', `/etc/service/${process}`]);
}

async function inHost({ state }: LabContext, host: string, command: readonly string[]): Promise<void> {
  const result = await execa('runc', ['--root', state.runc, 'exec', host, ...command], { reject: false, all: true, timeout: 60_000 });
  if (result.failed)
    throw new WorldError(`'${command.join(' ')}' failed on ${host}`, {
      cause: result.all,
      hint: 'remove the cause and run `citydc up` again; what is done is kept',
    });
}
