/** The client's run: every due request gets its intent on disk, then leaves, then gets its outcome. */

import { setTimeout as sleep } from 'node:timers/promises';
import { bodyHashOf, type CanaryClientConfiguration, type ProbedSystem } from '../../contract/canary.js';
import { exchange } from '../../contract/exchange.js';
import { classifyRequest } from './classify.js';
import type { LedgerFile } from './ledger-file.js';
import { liveCounts } from './live.js';
import { type Due, dueAt, dueSince } from './schedule.js';

/** Requests of one system that may be under way at one time; more are recorded as skipped. */
const MAX_OUTSTANDING = 128;
/** A request that could not be sent this long after it was due is skipped: the client itself was held up. */
const MAX_LATE_MS = 1000;
const LIVE_INTERVAL_MS = 1000;
/** The canary answers with a line; of what is longer the rest is not waited for. */
const ANSWER_BYTES = 65_536;

export interface ClientWorld {
  /** Epoch milliseconds that never go back. */
  nowMs(): number;
  /** 0 to 1: spreads the systems' requests over their interval. */
  random(): number;
  print(line: string): void;
}

/**
 * Runs until the signal is aborted; its reason is written down as why.
 *
 * @throws when the ledger cannot be written: without it a request must not leave
 */
export async function runClient(
  configuration: CanaryClientConfiguration,
  ledger: LedgerFile,
  world: ClientWorld,
  signal: AbortSignal,
): Promise<void> {
  const { run, endpoint, systems } = configuration;
  const intervalMs = Object.fromEntries(systems.map(system => [system.key, system.intervalMs]));
  await ledger.append({ schema: 1, kind: 'opened', run, endpoint, atMs: world.nowMs(), intervalMs });
  const live = liveCounts(systems);
  const context = { configuration, ledger, world, live, outstanding: new Map<string, number>() };
  await Promise.all([...systems.map(system => runSystem(context, system, signal)), printLive(context, signal)]);
  await ledger.append({ kind: 'ended', atMs: world.nowMs(), why: String(signal.reason), outstanding: total(context.outstanding) });
}

interface Context {
  readonly configuration: CanaryClientConfiguration;
  readonly ledger: LedgerFile;
  readonly world: ClientWorld;
  readonly live: ReturnType<typeof liveCounts>;
  readonly outstanding: Map<string, number>;
}

/** One system's open loop. Returns when the last of its requests has ended: their own timeouts bound it. */
async function runSystem(context: Context, system: ProbedSystem, signal: AbortSignal): Promise<void> {
  const { world } = context;
  const startMs = world.nowMs() + world.random() * system.intervalMs;
  const requests = new Set<Promise<void>>();
  let failed: unknown;
  let last = 0;
  while (!signal.aborted && failed === undefined) {
    for (const due of dueSince(startMs, system.intervalMs, last, world.nowMs())) {
      last = due.sequence;
      const request = meet(context, system, due).catch(error => {
        failed = error;
      });
      requests.add(request);
      request.finally(() => requests.delete(request));
    }
    await pause(dueAt(startMs, system.intervalMs, last + 1).atMs - world.nowMs(), signal);
  }
  await Promise.all(requests);
  if (failed !== undefined) throw failed;
}

async function meet(context: Context, system: ProbedSystem, due: Due): Promise<void> {
  const why = reasonToSkip(context, system.key, due);
  if (why !== undefined) return skip(context, system.key, due, why);
  const { outstanding } = context;
  outstanding.set(system.key, (outstanding.get(system.key) ?? 0) + 1);
  await transact(context, system, due);
  outstanding.set(system.key, (outstanding.get(system.key) ?? 1) - 1);
}

function reasonToSkip({ outstanding, world }: Context, key: string, { atMs }: Due): string | undefined {
  if ((outstanding.get(key) ?? 0) >= MAX_OUTSTANDING) return `${MAX_OUTSTANDING} requests are outstanding`;
  return world.nowMs() - atMs > MAX_LATE_MS ? 'the client was held up' : undefined;
}

async function skip({ ledger, live }: Context, system: string, { sequence, atMs }: Due, reason: string): Promise<void> {
  live.skip(system);
  await ledger.append({ kind: 'skipped', system, sequence, atMs, reason });
}

async function transact({ configuration, ledger, live, world }: Context, system: ProbedSystem, { sequence, atMs }: Due): Promise<void> {
  await ledger.append({ kind: 'intent', system: system.key, sequence, atMs });
  const { source, connectTimeoutMs, requestTimeoutMs } = configuration;
  const { address, port } = system;
  const { body, ...message } = messageOf(configuration, system, sequence);
  const end = await exchange({
    // A fresh connection, as a browser at an office's counter would open it.
    to: { agent: false, localAddress: source, host: address, port, ...message },
    body,
    mostBytes: ANSWER_BYTES,
    limits: { connectMs: connectTimeoutMs, answerMs: requestTimeoutMs },
  });
  const classified = classifyRequest(system, end);
  const doneAtMs = world.nowMs();
  live.count(system.key, classified, doneAtMs);
  await ledger.append({ kind: 'outcome', system: system.key, sequence, doneAtMs, ...classified });
}

interface Message {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string;
}

function messageOf({ endpoint, run }: CanaryClientConfiguration, { key, state }: ProbedSystem, sequence: number): Message {
  if (state === 'none') return { method: 'GET', path: '/echo' };
  const body = JSON.stringify({ endpoint, run, sequence, bodyHash: bodyHashOf(endpoint, run, key, sequence) });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return { method: 'POST', path: '/documents', headers, body };
}

async function printLive({ live, world }: Context, signal: AbortSignal): Promise<void> {
  const startMs = world.nowMs();
  for (let second = 1; !signal.aborted; second++) {
    await pause(startMs + second * LIVE_INTERVAL_MS - world.nowMs(), signal);
    world.print(JSON.stringify(live.take(world.nowMs())));
  }
}

/** Waits, or until the run ends. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);

const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
