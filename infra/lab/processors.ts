/**
 * Which processes get this machine's processors first when there is not enough for all.
 *
 * First what keeps time for the network (BFD), then a drill's clients and the services that they use, then monitoring, and last hosts that
 * start while others serve. On control groups of version 1, two groups hold the first processes of many hosts: `routing`, whose real-time
 * budget all routers share whatever their number, and `offices`, so that 138 agents together weigh as much as one host. A command in an
 * office (a drill's client, an operator's `exec`) is outside that group and weighs as much as any service.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { readJson } from '../city/json.js';
import { cpuSharesOf, STARTING_CPU_SHARES } from '../site/container.js';
import type { Host } from '../site/host.js';
import type { StateFolder } from './state-folder.js';

const V1 = '/sys/fs/cgroup/cpu';
const V1_USAGE = '/sys/fs/cgroup/cpuacct';
const V2 = '/sys/fs/cgroup';

/**
 * The share of each processor's time in which bfdd of all routers together may run before everything else. They use 0.07 of each of two
 * processors. The kernel gives 0.95 to all groups together.
 */
const ROUTING_SHARE = 0.3;
/** The same for commands in routers: `each` to every router, until `share` is used up. A drill's sentinel takes a fifth of its part. */
const ROUTER_COMMANDS = { share: 0.3, each: 0.011 } as const;
/** A group that has used up its share waits for the next period, which must be shorter than BFD's interval of 300 ms. */
const REAL_TIME_PERIOD_US = 100_000;

const SHARED = { routing: 4096, offices: 256 } as const;
type SharedGroup = keyof typeof SHARED;

const isV1 = (): boolean => existsSync(join(V1, 'cpu.shares'));
const sharedGroup = (state: StateFolder, name: SharedGroup): string => `${V1}${state.cgroup}/${name}`;

/** The weight of the whole city against other processes of the machine (`citydc` itself, its keeper), each 1024 at normal priority. */
const CITY_SHARES = 4096;

/** Creates the shared groups. A kernel that grants no real-time budget is no failure here: `status` reports routers without it. */
export function makeSharedGroups(state: StateFolder): void {
  const city = isV1() ? V1 + state.cgroup : V2 + state.cgroup;
  mkdirSync(city, { recursive: true });
  const weight = isV1() ? { file: 'cpu.shares', value: CITY_SHARES } : { file: 'cpu.weight', value: weightOf(CITY_SHARES) };
  // On version 2 the file is there only where the machine delegates the controller.
  if (existsSync(join(city, weight.file))) writeFileSync(join(city, weight.file), String(weight.value));
  if (!isV1()) return;
  for (const [name, shares] of Object.entries(SHARED)) {
    const group = sharedGroup(state, name as SharedGroup);
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cpu.shares'), String(shares));
  }
  // A kernel without budgets per group lets every group run in real time.
  if (!existsSync(join(V1, 'cpu.rt_runtime_us'))) return;
  const routing = sharedGroup(state, 'routing');
  if (grant(city, ROUTING_SHARE + ROUTER_COMMANDS.share)) grant(routing, ROUTING_SHARE);
}

function grant(group: string, share: number): boolean {
  try {
    writeFileSync(join(group, 'cpu.rt_period_us'), String(REAL_TIME_PERIOD_US));
    writeFileSync(join(group, 'cpu.rt_runtime_us'), String(Math.round(share * REAL_TIME_PERIOD_US)));
    return true;
  } catch {
    return false;
  }
}

/** Lets commands in newly started routers run in real time, where the kernel has budgets per group. */
export function grantRealTime(state: StateFolder, hosts: readonly string[]): void {
  const routing = sharedGroup(state, 'routing');
  if (!existsSync(join(routing, 'cpu.rt_runtime_us'))) return;
  for (const host of hosts)
    if (readFileSync(join(state.host(host), 'config.json'), 'utf8').includes(`${routing}/`))
      grant(join(V1 + state.cgroup, host), ROUTER_COMMANDS.each);
}

const sharedGroupOf = ({ processes, role }: Host): SharedGroup | undefined => {
  if (processes.some(({ realTime }) => realTime)) return 'routing';
  return role === 'office' ? 'offices' : undefined;
};

/** The parts of a host's runc configuration that concern the processors. */
export function processorsOf(state: StateFolder, host: Host): { readonly hooks: object; readonly shares: number } {
  const group = isV1() ? sharedGroupOf(host) : undefined;
  if (group === undefined) return { hooks: {}, shares: cpuSharesOf(host) };
  return { hooks: { createRuntime: [joining(sharedGroup(state, group))] }, shares: cpuSharesOf(host, 'apart') };
}

/** A runc hook that puts a host's first process into a group before it runs anything: all that it starts is in the group, too. */
const joining = (group: string): object => ({
  path: '/bin/sh',
  args: ['sh', '-c', `read -r state; pid=\${state#*\\"pid\\":}; echo "\${pid%%,*}" > '${group}/cgroup.procs'`],
});

/** Gives hosts that start while others serve the least share of the processors, until `raiseStarted` finds that they have settled. */
export function holdBack(state: StateFolder, hosts: readonly string[]): void {
  mkdirSync(state.starting, { recursive: true });
  for (const host of hosts) {
    writeFileSync(join(state.starting, host), '');
    setShares(state, host, STARTING_CPU_SHARES);
  }
}

const SETTLED_CORES = 0.25;
const LEAST_MS = 5000;
const MOST_MS = 60_000;

/** What `raiseStarted` remembers between two calls: processor time by host. */
export type UsageSamples = Map<string, { readonly atMs: number; readonly usedSeconds: number }>;

/**
 * Gives started hosts their full share of the processors: when one has used less than a quarter of a processor since the sample before
 * (at least a second ago), or a minute after its start.
 */
export function raiseStarted(state: StateFolder, samples: UsageSamples, nowMs: number): void {
  for (const host of startingHosts(state)) {
    const marker = join(state.starting, host);
    const ageMs = nowMs - (statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs < LEAST_MS || (ageMs < MOST_MS && isBusy(state, host, samples, nowMs))) continue;
    setShares(state, host, configuredShares(state, host));
    rmSync(marker, { force: true });
    samples.delete(host);
  }
}

const bundleShares = z.object({ linux: z.object({ resources: z.object({ cpu: z.object({ shares: z.number() }) }) }) });

/** From its runc configuration; the least share for a host that was removed meanwhile. */
function configuredShares(state: StateFolder, host: string): number {
  const path = join(state.host(host), 'config.json');
  if (!existsSync(path)) return STARTING_CPU_SHARES;
  const { linux } = readJson(bundleShares, readFileSync(path, 'utf8'), path);
  return linux.resources.cpu.shares;
}

const startingHosts = (state: StateFolder): readonly string[] => (existsSync(state.starting) ? readdirSync(state.starting) : []);

function isBusy(state: StateFolder, host: string, samples: UsageSamples, nowMs: number): boolean {
  const before = samples.get(host);
  if (before !== undefined && nowMs - before.atMs < 1000) return true;
  const usedSeconds = usedBy(state, host);
  samples.set(host, { atMs: nowMs, usedSeconds });
  if (before === undefined || Number.isNaN(usedSeconds)) return true;
  return (usedSeconds - before.usedSeconds) / ((nowMs - before.atMs) / 1000) > SETTLED_CORES;
}

/** Processor seconds that a host has used; not a number when it is off. */
function usedBy(state: StateFolder, host: string): number {
  const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  const v1 = read(join(V1_USAGE + state.cgroup, host, 'cpuacct.usage'));
  if (v1 !== undefined) return Number(v1) / 1e9;
  return Number(/usage_usec (\d+)/.exec(read(join(V2 + state.cgroup, host, 'cpu.stat')) ?? '')?.[1]) / 1e6;
}

/** A host that is off has no group: it gets its share when it is started. */
function setShares(state: StateFolder, host: string, shares: number): void {
  const [file, value] = isV1()
    ? [join(V1 + state.cgroup, host, 'cpu.shares'), shares]
    : [join(V2 + state.cgroup, host, 'cpu.weight'), weightOf(shares)];
  if (existsSync(file)) writeFileSync(file, String(value));
}

/** The weight of version 2 for shares of version 1, as runc converts it: 2…262144 become 1…10000. */
const weightOf = (shares: number): number => 1 + Math.floor(((shares - 2) * 9999) / 262_142);
