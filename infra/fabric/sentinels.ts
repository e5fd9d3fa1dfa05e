/** Sentinels: how late the machine gives the processor to those on whom a measurement depends. Started through the Fabric. */

import {
  formatSentinelLine,
  type Lateness,
  parseSentinelLine,
  readingOf,
  type SentinelLine,
  type SentinelPriority,
  type SentinelReading,
} from '../../agents/contract/sentinel.js';
import { siteOf } from '../city/model.js';
import { bundlePath } from '../site/host.js';
import { type Machine, machinesOf, type Topology } from '../site/topology.js';
import type { Fabric } from './fabric.js';

/** Whom a sentinel stands for. When they are later than their limit, what was measured meanwhile says nothing about the city. */
const SENTINELS = {
  /** Sessions of BFD have 900 ms; routing has real-time priority where the machine grants it. */
  routing: { limitMs: 100, priority: 'real-time' },
  /** A citizen's patience is 2 s, and a client that is late by an eighth of it is not the one to judge. */
  clients: { limitMs: 250, priority: 'normal' },
} as const satisfies Record<string, { readonly limitMs: number; readonly priority: SentinelPriority }>;
export type SentinelKind = keyof typeof SENTINELS;

export interface Sentinel {
  readonly kind: SentinelKind;
  readonly host: string;
  readonly limitMs: number;
}

/**
 * A pair for each machine that runs the city: with the clients in an office, and with routing in the aggregation node of it. On a
 * Docker host that has neither, in the first router and the first server of its sites.
 *
 * @param office the first ward that clients ask from
 */
export function sentinelsOf(topology: Topology, target: string, office: string): readonly Sentinel[] {
  const home = topology.machines.find(({ name }) => name === office);
  const above = home?.node.kind === 'endpoint' ? home.node.aggregation : undefined;
  const routing = machinesOf(topology, 'aggregation').find(({ node }) => node.number === above);
  const elsewhere = target === 'docker' ? otherDockerHosts(topology) : [];
  return [...pair(office, routing), ...elsewhere.flatMap(({ router, server }) => pair(server?.name, router))];
}

const pair = (clients: string | undefined, routing: Machine | undefined): readonly Sentinel[] => [
  ...(clients === undefined ? [] : [sentinel('clients', clients)]),
  ...(routing === undefined ? [] : [sentinel('routing', routing.name)]),
];

const sentinel = (kind: SentinelKind, host: string): Sentinel => ({ kind, host, limitMs: SENTINELS[kind].limitMs });

/** What is in no site runs where the primary does; a site that loses power cannot watch. */
function otherDockerHosts(topology: Topology) {
  const primary = siteOf(topology.city, 'primary')?.number;
  return topology.city.dockerHosts
    .filter(({ sites }) => primary !== undefined && !sites.includes(primary))
    .flatMap(({ sites }) => {
      const here = topology.machines.filter(({ node }) => node.kind === 'site' && sites.includes(node.number));
      return here.length === 0
        ? []
        : [{ router: here.find(({ role }) => role === 'router'), server: here.find(({ role }) => role !== 'router') }];
    });
}

/** A sentinel at work. */
export interface Watch {
  readonly sentinel: Sentinel;
  /** All that it has said. */
  text(): string;
  read(): SentinelReading;
  /** Resolves when it has watched for a first while, or has ended. */
  readonly spoken: Promise<void>;
  /** Ends it and waits for its last words. */
  end(): Promise<void>;
}

const commandOf = ({ kind }: Sentinel, run: string, maxSeconds: number): readonly string[] => [
  'node',
  '--max-semi-space-size=1',
  ...sentinelWords(run),
  SENTINELS[kind].priority,
  String(maxSeconds),
];

/** The words by which a run's sentinel is known among a host's processes. */
export const sentinelWords = (run: string): readonly string[] => [bundlePath('sentinel'), run];

/** Starts a sentinel as a drill's clients are started. It ends with the caller: its input closes. */
export function startSentinel(fabric: Fabric, sentinel: Sentinel, run: string, maxSeconds: number): Watch {
  const command = fabric.start(sentinel.host, commandOf(sentinel, run, maxSeconds));
  const texts: string[] = [];
  const lines: (SentinelLine | undefined)[] = [];
  let [told, speak] = [false, () => {}];
  const spoken = new Promise<void>(resolve => {
    speak = resolve;
  });
  // Each line is parsed once: whoever waits asks several times a second, and must not be what makes the machine late.
  const take = (text: string) => {
    texts.push(`${text}\n`);
    lines.push(parseSentinelLine(text));
    if (lines.at(-1)?.kind === 'watched') speak();
  };
  const fail = (why: string) => {
    if (!told && readingOf(lines).refused === undefined) take(formatSentinelLine({ kind: 'failed', why }).trimEnd());
  };
  const read = async () => {
    for await (const line of command.lines) take(line);
  };
  const ended = read()
    .catch(() => undefined) // the stream broke: it is gone
    .then(() => command.end())
    .then(
      ({ exitCode, stderr }) => fail(stderr.trim() || `exit ${exitCode}`),
      (error: unknown) => fail(String(error)),
    )
    .finally(speak);
  return {
    sentinel,
    text: () => texts.join(''),
    read: () => readingOf(lines),
    spoken,
    end: async () => {
      told = true;
      await command.end().catch(() => undefined);
      await ended;
    },
  };
}

/** The worst lateness that a sentinel tells of, optionally of a span only; undefined when it was always punctual. */
export function worstLateness({ stretches }: SentinelReading, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY) {
  const late = stretches.flatMap(each => each.late).filter(({ atMs, lateMs }) => atMs > fromMs && atMs - lateMs < toMs);
  return late.reduce<Lateness | undefined>((worst, each) => (worst !== undefined && worst.lateMs >= each.lateMs ? worst : each), undefined);
}
