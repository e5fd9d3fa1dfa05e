/** Sentinels: how late a machine schedules the processes on which a measurement depends. Started through the Fabric. */

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
import { whyEnded } from './running-command.js';

/** The processes that a sentinel stands for. When it is later than their limit, what was measured meanwhile says nothing about the city. */
const SENTINELS = {
  /** Sessions of BFD have 900 ms; routing has real-time priority where the machine grants it. */
  routing: { limitMs: 100, priority: 'real-time' },
  /** A citizen waits 2 s for an answer; a client that is itself late by an eighth of that cannot judge it. */
  clients: { limitMs: 250, priority: 'normal' },
} as const satisfies Record<string, { readonly limitMs: number; readonly priority: SentinelPriority }>;
export type SentinelKind = keyof typeof SENTINELS;

/** Where to measure, and from which lateness on a measurement there is doubtful. */
export interface Sentinel {
  readonly kind: SentinelKind;
  readonly host: string;
  readonly limitMs: number;
}

/**
 * Two sentinels for each machine that runs the city: one beside the clients in an office, one beside routing in that office's aggregation
 * node. On a Docker host that has neither, in the first server and the first router of its sites.
 *
 * @param office the first office in which clients run
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

/** Docker hosts other than the primary's: that one runs the offices, too, and the first pair is there. */
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

/** A running sentinel. */
export interface Watch {
  readonly sentinel: Sentinel;
  /** All lines that it has written. */
  text(): string;
  read(): SentinelReading;
  /** Resolves when it has reported for the first time, or has ended. */
  readonly reported: Promise<void>;
  /** Ends it and waits for its last report. */
  end(): Promise<void>;
}

const commandOf = ({ kind }: Sentinel, run: string, maxSeconds: number): readonly string[] => [
  'node',
  '--max-semi-space-size=1',
  ...sentinelWords(run),
  SENTINELS[kind].priority,
  String(maxSeconds),
];

/** The words by which a run's sentinel is found among a host's processes. */
export const sentinelWords = (run: string): readonly string[] => [bundlePath('sentinel'), run];

/** Starts a sentinel in its host. It ends when its caller does, because its standard input closes. */
export function startSentinel(fabric: Fabric, sentinel: Sentinel, run: string, maxSeconds: number): Watch {
  const command = fabric.start(sentinel.host, commandOf(sentinel, run, maxSeconds));
  const texts: string[] = [];
  const lines: (SentinelLine | undefined)[] = [];
  let [isEnding, reportOnce] = [false, () => {}];
  const reported = new Promise<void>(resolve => {
    reportOnce = resolve;
  });
  // Each line is parsed once: callers that wait read several times a second, and must not make the machine late themselves.
  const take = (text: string) => {
    texts.push(`${text}\n`);
    lines.push(parseSentinelLine(text));
    if (lines.at(-1)?.kind === 'watched') reportOnce();
  };
  const fail = (why: string) => {
    if (!isEnding && readingOf(lines).refused === undefined) take(formatSentinelLine({ kind: 'failed', why }).trimEnd());
  };
  const ended = whyEnded(command, take).then(fail).finally(reportOnce);
  return {
    sentinel,
    text: () => texts.join(''),
    read: () => readingOf(lines),
    reported,
    end: async () => {
      isEnding = true;
      await command.end().catch(() => undefined);
      await ended;
    },
  };
}

/** The worst lateness that a sentinel reported, of a span of time when one is given; undefined when it was never late. */
export function worstLateness({ stretches }: SentinelReading, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY) {
  const late = stretches.flatMap(each => each.late).filter(({ atMs, lateMs }) => atMs > fromMs && atMs - lateMs < toMs);
  return late.reduce<Lateness | undefined>((worst, each) => (worst !== undefined && worst.lateMs >= each.lateMs ? worst : each), undefined);
}
