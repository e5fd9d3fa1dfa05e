/** The canary's clients in their wards, and what they report while they run. */

import type { CanaryClientConfiguration, LiveLine } from '../../agents/contract/canary.js';
import { liveLine } from '../../agents/contract/canary.js';
import { jsonOf } from '../../agents/contract/json.js';
import type { Fabric, RunningCommand } from '../../infra/fabric/fabric.js';
import { whyEnded } from '../../infra/fabric/running-command.js';
import { bundlePath } from '../../infra/site/host.js';
import { isGood } from '../judge/live.js';
import { addressFor, type DrillPlan, type Ward } from './drill.js';

const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Where a client writes its ledger: in its office, outside both sites. */
export const ledgerPath = (run: string): string => `/var/lib/citydc/ledger/${run}.jsonl`;

/** The configuration of a ward's client. */
export const clientConfiguration = (run: string, { systems, limits }: DrillPlan, ward: Ward): CanaryClientConfiguration => ({
  schema: 1,
  run,
  endpoint: ward.host,
  source: ward.source,
  ledgerPath: ledgerPath(run),
  systems: systems.map(system => {
    const { key, port, state, intervalMs } = system;
    return { key, address: addressFor(ward, system), port, state, intervalMs };
  }),
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  maxSeconds: limits.clientSeconds,
});

/** What one ward sees of one system now. */
interface Sight {
  readonly ward: string;
  readonly system: string;
  /** Consecutive seconds of nothing but good answers. */
  readonly goodSeconds: number;
  /** Where the last good answer came from. */
  readonly site: string | undefined;
}

/** A client that ended too early. */
interface Gone {
  readonly ward: string;
  /** Its standard error, or its exit code. */
  readonly why: string;
}

export interface Clients {
  sights(): readonly Sight[];
  gone(): readonly Gone[];
  /** Starts counting good seconds anew: what was good before proves nothing about now. */
  recount(): void;
  /** Ends all clients and waits for their last records. */
  end(): Promise<void>;
}

/** Starts a client in every ward. They end with the caller: their input closes. */
export function startClients(fabric: Fabric, run: string, plan: DrillPlan): Clients {
  const watched = plan.wards.map(ward => watch(fabric, ward, clientConfiguration(run, plan, ward)));
  return {
    sights: () => watched.flatMap(({ sights }) => sights()),
    gone: () => watched.flatMap(({ gone }) => gone() ?? []),
    recount: () => {
      for (const { recount } of watched) recount();
    },
    end: async () => {
      await Promise.all(watched.map(({ command }) => command.end()));
    },
  };
}

interface Watched {
  readonly command: RunningCommand;
  sights(): readonly Sight[];
  gone(): Gone | undefined;
  recount(): void;
}

function watch(fabric: Fabric, { host }: Ward, configuration: CanaryClientConfiguration): Watched {
  const command = fabric.start(host, ['node', '--max-semi-space-size=1', bundlePath('canary-client'), JSON.stringify(configuration)]);
  const good = new Map<string, { seconds: number; site: string | undefined }>(
    configuration.systems.map(({ key }) => [key, { seconds: 0, site: undefined }]),
  );
  let gone: Gone | undefined;
  whyEnded(command, text => note(good, jsonOf(liveLine, text))).then(why => {
    gone = { ward: host, why };
  });
  const sights = () => [...good].map(([system, { seconds, site }]) => ({ ward: host, system, goodSeconds: seconds, site }));
  const recount = () => {
    for (const [system, { site }] of good) good.set(system, { seconds: 0, site });
  };
  return { command, sights, gone: () => gone, recount };
}

function note(good: Map<string, { seconds: number; site: string | undefined }>, line: LiveLine | undefined): void {
  if (line === undefined) return;
  for (const [system, counts] of Object.entries(line.systems)) {
    const seconds = isGood(counts, line.atMs) ? (good.get(system)?.seconds ?? 0) + 1 : 0;
    good.set(system, { seconds, site: counts.site });
  }
}
