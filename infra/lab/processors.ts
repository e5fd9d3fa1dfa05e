/**
 * Who gets this machine's processors when not all can have them.
 *
 * What keeps time for the network comes first, then a drill's clients and the services that they ask, then what watches, and last what
 * starts beside hosts that serve. On control groups of version 1 two groups hold the first processes of many hosts: `routing`, whose
 * real-time budget all routers share whatever their number, and `offices`, so that 138 agents weigh as much as one host while a command
 * in an office (a drill's client, an operator's question) weighs as much as any service.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSharesOf, STARTING_CPU_SHARES } from '../site/container.js';
import type { Host } from '../site/host.js';
import type { StateFolder } from './state-folder.js';

const V1 = '/sys/fs/cgroup/cpu';
const V1_USAGE = '/sys/fs/cgroup/cpuacct';
const V2 = '/sys/fs/cgroup';

/**
 * The share of each processor's time in which bfdd of all the city's routers may run before everything else; together they take 0.07 of
 * each of two. The kernel gives 0.95 to all groups together: a second city on the machine gets none.
 */
const ROUTING_SHARE = 0.3;
/** Commands in routers may run in real time too, each so much, as long as there is some. A drill's sentinel takes a fifth of that. */
const GUESTS = { share: 0.3, each: 0.011 } as const;
/** Who has used up a share waits for the next period: less than BFD's 300 ms. */
const REAL_TIME_PERIOD_US = 100_000;

const SHARED = { routing: 4096, offices: 256 } as const;
type SharedGroup = keyof typeof SHARED;

const isV1 = (): boolean => existsSync(join(V1, 'cpu.shares'));
const sharedGroup = (state: StateFolder, name: SharedGroup): string => `${V1}${state.cgroup}/${name}`;

/** The city as a whole beside what else runs on the machine (`citydc` itself, its keeper), where a process at normal priority weighs 1024. */
const CITY_SHARES = 4096;

/** Makes the shared groups. A kernel that keeps its real-time budgets to itself is no reason to stop: hosts say so when they start. */
export function makeSharedGroups(state: StateFolder): void {
  const city = isV1() ? V1 + state.cgroup : V2 + state.cgroup;
  mkdirSync(city, { recursive: true });
  const weight = isV1() ? { file: 'cpu.shares', value: CITY_SHARES } : { file: 'cpu.weight', value: weightOf(CITY_SHARES) };
  // On version 2 the file is there only where the machine hands the controller on.
  if (existsSync(join(city, weight.file))) writeFileSync(join(city, weight.file), String(weight.value));
  if (!isV1()) return;
  for (const [name, shares] of Object.entries(SHARED)) {
    const group = sharedGroup(state, name as SharedGroup);
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cpu.shares'), String(shares));
  }
  // Where the kernel has no budgets of groups, every group may run in real time.
  if (!existsSync(join(V1, 'cpu.rt_runtime_us'))) return;
  const routing = sharedGroup(state, 'routing');
  if (grant(city, ROUTING_SHARE + GUESTS.share)) grant(routing, ROUTING_SHARE);
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

/** Lets commands in routers that have just been started run in real time, where the kernel has budgets of groups. */
export function lendRealTime(state: StateFolder, hosts: readonly string[]): void {
  const routing = sharedGroup(state, 'routing');
  if (!existsSync(join(routing, 'cpu.rt_runtime_us'))) return;
  for (const host of hosts)
    if (readFileSync(join(state.host(host), 'config.json'), 'utf8').includes(`${routing}/`))
      grant(join(V1 + state.cgroup, host), GUESTS.each);
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

/** runc tells a hook the host's first process, before that runs anything: all that it starts follows it. */
const joining = (group: string): object => ({
  path: '/bin/sh',
  args: ['sh', '-c', `read -r state; pid=\${state#*\\"pid\\":}; echo "\${pid%%,*}" > '${group}/cgroup.procs'`],
});

/** Hosts that start while others serve take what those leave, until `raiseStarted` finds that they have settled. */
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

/** What `raiseStarted` remembers between two looks. */
export type Looks = Map<string, { readonly atMs: number; readonly usedSeconds: number }>;

/**
 * Gives hosts that have started their part of the processors: when one has used less than a quarter of a processor since the look before
 * (at least a second ago), or a minute after its start.
 */
export function raiseStarted(state: StateFolder, looks: Looks, nowMs: number): void {
  for (const host of startingHosts(state)) {
    const marker = join(state.starting, host);
    const ageMs = nowMs - (statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs < LEAST_MS || (ageMs < MOST_MS && isBusy(state, host, looks, nowMs))) continue;
    setShares(state, host, configuredShares(state, host));
    rmSync(marker, { force: true });
    looks.delete(host);
  }
}

/** As its runc configuration has them; a host that was removed meanwhile has none. */
function configuredShares(state: StateFolder, host: string): number {
  const path = join(state.host(host), 'config.json');
  if (!existsSync(path)) return STARTING_CPU_SHARES;
  const { linux } = JSON.parse(readFileSync(path, 'utf8')) as { linux: { resources: { cpu: { shares: number } } } };
  return linux.resources.cpu.shares;
}

const startingHosts = (state: StateFolder): readonly string[] => (existsSync(state.starting) ? readdirSync(state.starting) : []);

function isBusy(state: StateFolder, host: string, looks: Looks, nowMs: number): boolean {
  const before = looks.get(host);
  if (before !== undefined && nowMs - before.atMs < 1000) return true;
  const usedSeconds = usedBy(state, host);
  looks.set(host, { atMs: nowMs, usedSeconds });
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

/** A host that is off has no group: it gets its part when it is started. */
function setShares(state: StateFolder, host: string, shares: number): void {
  const [file, value] = isV1()
    ? [join(V1 + state.cgroup, host, 'cpu.shares'), shares]
    : [join(V2 + state.cgroup, host, 'cpu.weight'), weightOf(shares)];
  if (existsSync(file)) writeFileSync(file, String(value));
}

/** Of version 2, as runc converts it: shares 2…262144 become weights 1…10000. */
const weightOf = (shares: number): number => 1 + Math.floor(((shares - 2) * 9999) / 262_142);
