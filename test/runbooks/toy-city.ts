/**
 * The 2022 city with a Fabric in memory and a clock of its own: whatever waits makes time pass.
 *
 * Over 300 lines: one class is the whole world of a drill.
 */

import { join } from 'node:path';
import { bodyHashOf, type CanaryClientConfiguration, type DocumentList, type LiveCounts } from '../../agents/contract/canary.js';
import { formatRecord } from '../../agents/contract/ledger.js';
import type { Lateness } from '../../agents/contract/sentinel.js';
import { FAMILIES } from '../../infra/city/addresses.js';
import { beforePort } from '../../infra/city/ip.js';
import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import { WorldError } from '../../infra/city/problem.js';
import type { ActiveFault, ExecResult, Fabric, RunningCommand } from '../../infra/fabric/fabric.js';
import type { Check } from '../../infra/fabric/steady-state.js';
import { bundlePath } from '../../infra/site/host.js';
import { type Topology, topologyOf } from '../../infra/site/topology.js';
import type { Stage } from '../../runbooks/drill/run.js';
import { DAY } from '../city/day.js';
import { temporaryFolder } from '../temporary-folder.js';

export const topology: Topology = topologyOf(load(await readInventory('can-tho-2022'), DAY));

const START_MS = Date.parse('2026-11-23T08:00:00Z');
const TICK_MS = 250;
const DATABASES = ['s1-database1', 's1-database2', 's2-database1'];
/** Of the toy: how long after the power-off each kind of system answers again. */
export const FAILOVER_MS = { none: 1000, database: 22_000 } as const;
const SWITCHOVER_MS = 2000;
const REFUSAL = { schema: 1, kind: 'refused', why: 'chrt: failed to set policy: Operation not permitted' } as const;

const checks: readonly Check[] = [
  { id: 'faults', kind: 'faults' },
  { id: 'power', kind: 'power', hosts: [] },
];

export interface Client {
  readonly host: string;
  readonly configuration: CanaryClientConfiguration;
  readonly lines: Queue;
  ledger: string;
  counts: Record<string, LiveCounts>;
  sequences: Record<string, number>;
  running: boolean;
}

interface ToySentinel {
  readonly host: string;
  readonly lines: Queue;
  /** It has reported everything before. */
  toldMs: number;
  running: boolean;
}

export class ToyCity {
  nowMs = START_MS;
  faults: ActiveFault[] = [];
  leader = 's1-database1';
  timeline = 1;
  history: [number, number, string][] = [];
  synchronous = ['s1-database2', 's2-database1'];
  readonly clients: Client[] = [];
  readonly sentinels: ToySentinel[] = [];
  /** What every sentinel finds of the machine, whenever it looks. */
  readonly lateness: Lateness[] = [];
  /** Whether the machine grants real-time priority. */
  grantsRealTime = true;
  readonly documents = new Map<string, DocumentList['documents']>();
  readonly notes: string[] = [];
  /** Hosts on which nothing can be executed any more. */
  readonly deaf = new Set<string>();
  /** Acknowledged writes that the database forgets: system → sequences. */
  readonly forgets = new Map<string, ReadonlySet<number>>();
  /** Ignore SIGTERM and closed input that many times. */
  stubborn = 0;
  onFault: () => void = () => undefined;
  onHeal: () => void = () => undefined;
  /** How long nothing answers when power returns. */
  slowReturnMs = 0;
  #returnedMs = Number.NEGATIVE_INFINITY;
  #powerLostMs = Number.NEGATIVE_INFINITY;
  #switchedMs = Number.NEGATIVE_INFINITY;
  #position = 1000;
  #ledger = 0;

  async stage(): Promise<Stage> {
    const drillsFolder = join(temporaryFolder(), 'drills');
    return this.stageAt(drillsFolder);
  }

  stageAt(drillsFolder: string): Stage {
    return {
      fabric: this.fabric(),
      checks,
      drillsFolder,
      nowMs: () => this.nowMs,
      sleep: (ms, signal) => this.pass(ms, signal),
      progress: () => undefined,
      note: text => void this.notes.push(text),
    };
  }

  /** Lets time pass: clients ask, seconds are printed, the dead man's timer fires. */
  async pass(ms: number, signal?: AbortSignal): Promise<void> {
    for (const until = this.nowMs + ms; this.nowMs < until; ) {
      this.nowMs += TICK_MS;
      this.#deadMan();
      for (const client of this.clients) if (client.running) this.#tick(client);
      if ((this.nowMs - START_MS) % 1000 === 0) for (const sentinel of this.sentinels) this.#report(sentinel);
      await new Promise(resolve => setImmediate(resolve));
      signal?.throwIfAborted();
    }
  }

  /** What a SIGKILL of the engine does to its clients: their input closes. */
  loseEngine(): void {
    for (const client of this.clients) this.#end(client);
    for (const sentinel of this.sentinels) this.endSentinel(sentinel);
  }

  /** The machine is late by so much from now on: it has the processor at last when time has passed. */
  stall(lateMs: number): void {
    this.lateness.push({ atMs: this.nowMs + lateMs, lateMs });
  }

  /** One client dies, as of a full disk. */
  kill(client: Client | undefined): void {
    if (client !== undefined) this.#end(client);
  }

  fabric(): Fabric {
    return {
      kind: 'lab',
      hosts: async () => topology.machines.map(({ name }) => ({ name, power: this.#isOff(name) ? 'off' : 'on' }) as const),
      exec: (host, command) => this.#exec(host, command),
      start: (host, command) => this.#start(host, command),
      attach: async () => 0,
      readFile: async host => {
        const client = this.clients.findLast(each => each.host === host);
        if (client === undefined) throw new WorldError('no ledger');
        return Buffer.from(client.ledger);
      },
      signal: async () => undefined,
      inject: async (fault, { by, healAfterSeconds }) => {
        const healBy = healAfterSeconds === undefined ? undefined : new Date(this.nowMs + healAfterSeconds * 1000).toISOString();
        const active: ActiveFault = {
          ...{ schema: 1, id: `f${++this.#ledger}`, fault, injectedAt: new Date(this.nowMs).toISOString() },
          ...{ healBy, by, means: 'imagination' },
        };
        this.faults.push(active);
        this.#losePower();
        this.onFault();
        return active;
      },
      heal: async ids => {
        const going = this.faults.filter(({ id }) => ids === undefined || ids.includes(id));
        this.faults = this.faults.filter(fault => !going.includes(fault));
        if (going.length > 0) {
          this.synchronous = DATABASES.filter(host => host !== this.leader);
          this.#returnedMs = this.nowMs;
          this.onHeal();
        }
        return going;
      },
      faults: async () => this.faults,
    };
  }

  #losePower(): void {
    this.#powerLostMs = this.nowMs;
    this.#newTimeline('s2-database1');
    this.synchronous = [];
  }

  #newTimeline(leader: string): void {
    this.history.push([this.timeline, this.#position, 'no recovery target specified']);
    this.timeline += 1;
    this.leader = leader;
    this.synchronous = DATABASES.filter(host => host !== leader);
  }

  #deadMan(): void {
    const due = this.faults.filter(({ healBy }) => healBy !== undefined && Date.parse(healBy) <= this.nowMs);
    if (due.length > 0) void this.fabric().heal(due.map(({ id }) => id));
  }

  #isOff(host: string): boolean {
    return this.faults.some(({ fault }) => fault.do === 'power-off' && fault.hosts.includes(host));
  }

  async #exec(host: string, command: readonly string[]): Promise<ExecResult> {
    if (this.#isOff(host) || this.deaf.has(host)) throw new WorldError(`host ${host} is off`);
    const words = command.join(' ');
    const ok = (stdout: string): ExecResult => ({ exitCode: 0, stdout, stderr: '' });
    if (words.endsWith('/cluster')) return ok(JSON.stringify({ members: this.#members() }));
    if (words.endsWith('/history')) return ok(JSON.stringify(this.history));
    if (words.includes('/documents?')) return ok(JSON.stringify(this.#list(new URL(command.at(-1) ?? ''))));
    if (command[0]?.endsWith('switchover')) return ok(this.#switchOver(command[2] ?? ''));
    if (command[0] === 'pkill') return this.#terminate(host, command);
    if (command[0] === 'pgrep') return { ...ok(''), exitCode: this.#running(command).some(each => each.host === host) ? 0 : 1 };
    return { exitCode: 1, stdout: '', stderr: `unknown: ${words}` };
  }

  #members() {
    return DATABASES.filter(host => !this.#isOff(host)).map(name => ({
      name,
      role: name === this.leader ? 'leader' : this.synchronous.includes(name) ? 'sync_standby' : 'replica',
      state: name === this.leader ? 'running' : 'streaming',
      timeline: this.timeline,
    }));
  }

  #switchOver(candidate: string): string {
    this.#switchedMs = this.nowMs;
    this.#newTimeline(candidate);
    return 'Successfully switched over';
  }

  #terminate(host: string, command: readonly string[]): ExecResult {
    const here = this.#running(command).filter(each => each.host === host);
    if (this.stubborn-- <= 0) for (const each of here) 'configuration' in each ? this.#end(each) : this.endSentinel(each);
    return { exitCode: 0, stdout: '', stderr: '' };
  }

  /** By the pattern at a command's end: a run's ledgers, or its sentinels. */
  #running(command: readonly string[]): readonly (Client | ToySentinel)[] {
    const all = command.at(-1)?.startsWith(bundlePath('sentinel')) ? this.sentinels : this.clients;
    return all.filter(({ running }) => running);
  }

  #start(host: string, command: readonly string[]): RunningCommand {
    return command.includes(bundlePath('sentinel')) ? this.#startSentinel(host, command) : this.#startClient(host, command);
  }

  #startSentinel(host: string, command: readonly string[]): RunningCommand {
    const sentinel: ToySentinel = { host, lines: new Queue(), toldMs: this.nowMs, running: true };
    this.sentinels.push(sentinel);
    const isRefused = command.includes('real-time') && !this.grantsRealTime;
    sentinel.lines.push(JSON.stringify(isRefused ? REFUSAL : { schema: 1, kind: 'opened', atMs: this.nowMs, priority: 'normal' }));
    if (isRefused) {
      sentinel.running = false;
      sentinel.lines.close();
    }
    return {
      host,
      lines: sentinel.lines,
      end: async () => {
        this.endSentinel(sentinel);
        return { exitCode: isRefused ? 3 : 0, stdout: '', stderr: '' };
      },
    };
  }

  endSentinel(sentinel: ToySentinel): void {
    if (!sentinel.running) return;
    this.#report(sentinel);
    sentinel.running = false;
    sentinel.lines.close();
  }

  #report(sentinel: ToySentinel): void {
    if (!sentinel.running || sentinel.toldMs === this.nowMs) return;
    const late = this.lateness.filter(({ atMs }) => atMs > sentinel.toldMs && atMs <= this.nowMs);
    sentinel.lines.push(JSON.stringify({ kind: 'watched', fromMs: sentinel.toldMs, toMs: this.nowMs, late }));
    sentinel.toldMs = this.nowMs;
  }

  #startClient(host: string, command: readonly string[]): RunningCommand {
    const configuration = JSON.parse(command.at(-1) ?? '') as CanaryClientConfiguration;
    const client: Client = { host, configuration, lines: new Queue(), ledger: '', counts: {}, sequences: {}, running: true };
    const intervalMs = Object.fromEntries(configuration.systems.map(system => [system.key, system.intervalMs]));
    const { run, endpoint } = configuration;
    client.ledger += formatRecord({ schema: 1, kind: 'opened', run, endpoint, atMs: this.nowMs, intervalMs });
    this.clients.push(client);
    return {
      host,
      lines: client.lines,
      end: async () => {
        this.#end(client);
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    };
  }

  #end(client: Client): void {
    if (!client.running) return;
    client.running = false;
    client.ledger += formatRecord({ kind: 'ended', atMs: this.nowMs, why: 'input closed', outstanding: 0 });
    client.lines.close();
  }

  #tick(client: Client): void {
    for (const system of client.configuration.systems) {
      if ((this.nowMs - START_MS) % system.intervalMs === 0) this.#request(client, system);
    }
    if ((this.nowMs - START_MS) % 1000 !== 0) return;
    client.lines.push(JSON.stringify({ atMs: this.nowMs, systems: client.counts }));
    client.counts = {};
  }

  #request(client: Client, { key, state }: CanaryClientConfiguration['systems'][number]): void {
    const sequence = (client.sequences[key] ?? 0) + 1;
    client.sequences[key] = sequence;
    const site = this.#answeringSite(state);
    const doneAtMs = this.nowMs + 5;
    client.ledger += formatRecord({ kind: 'intent', system: key, sequence, atMs: this.nowMs });
    const place = {
      site: site ?? 's1',
      host: `${site}-application1`,
      timeline: this.timeline,
      lsn: `0/${(++this.#position).toString(16)}`,
    };
    const outcome = site === undefined ? ('fail' as const) : ('ok' as const);
    client.ledger += formatRecord({ kind: 'outcome', system: key, sequence, outcome, doneAtMs, ...(site === undefined ? {} : place) });
    const counts = client.counts[key] ?? { ok: 0, fail: 0, unknown: 0, skipped: 0 };
    client.counts[key] = counts;
    counts[outcome] += 1;
    if (site === undefined) return;
    counts.site = site;
    counts.lastOkMs = doneAtMs;
    if (state === 'database') this.#store(client, key, sequence);
  }

  #answeringSite(state: 'none' | 'database'): string | undefined {
    if (this.nowMs - this.#returnedMs < this.slowReturnMs) return undefined;
    const off = this.#isOff('s1-edge1');
    if (off && this.nowMs - this.#powerLostMs < FAILOVER_MS[state]) return undefined;
    if (state === 'database' && this.nowMs - this.#switchedMs < SWITCHOVER_MS) return undefined;
    return off ? 's2' : 's1';
  }

  #store({ configuration: { endpoint, run } }: Client, system: string, sequence: number): void {
    if (this.forgets.get(system)?.has(sequence)) return;
    const place = `${system} ${endpoint} ${run}`;
    const bodyHash = bodyHashOf(endpoint, run, system, sequence);
    this.documents.set(place, [...(this.documents.get(place) ?? []), { sequence, bodyHash }]);
  }

  #list({ hostname, searchParams }: URL): DocumentList {
    const system =
      topology.city.systems.find(({ number }) => FAMILIES.some(family => beforePort(topology.plan.service(number)[family]) === hostname))
        ?.key ?? '';
    const documents = this.documents.get(`${system} ${searchParams.get('endpoint')} ${searchParams.get('run')}`) ?? [];
    return { system, timeline: this.timeline, documents };
  }
}

/** Lines that are read as they come. */
class Queue implements AsyncIterable<string> {
  readonly #lines: string[] = [];
  #closed = false;
  #wake: () => void = () => undefined;

  push(line: string): void {
    this.#lines.push(line);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) yield line;
      else if (this.#closed) return;
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
    }
  }
}
