/** `announcer CONFIG` runs; `announcer --check CONFIG` exits 0, or 2 with every problem on stderr. */

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnnouncerConfiguration, type Edge, parseAnnouncerConfiguration } from '../contract/announcer.js';
import { inTime } from '../contract/in-time.js';
import { readConfiguration } from '../contract/read-configuration.js';
import { type Announcer, openAnnouncer } from './announcer.js';
import { readRoutes, runBatch } from './kernel.js';
import { edgeProbe, type OwnIdentity, quorumProbe } from './probe.js';
import { readAnnounced, writeAnnounced } from './store.js';

const PROBE_INTERVAL_MS = 250;
/** Questions end within a second, and a change of routes within moments. */
const ROUND_LIMIT_MS = 10_000;

void main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const checking = args[0] === '--check';
  const configuration = await readConfiguration(checking ? args[1] : args[0], parseAnnouncerConfiguration, 'announcer [--check] CONFIG');
  if (!configuration.ok) refuse(configuration.problems);
  else if (!checking) await run(configuration.value);
}

function refuse(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}

async function run(configuration: AnnouncerConfiguration): Promise<void> {
  // The routes stay: a restart of the announcer is no outage of the site.
  process.on('SIGTERM', () => process.exit(0));
  const announcer = await openAnnouncer(configuration, {
    nowMs: () => performance.now(),
    readRoutes,
    runBatch,
    readAnnounced: () => readAnnounced(configuration.statePath),
    writeAnnounced: announced => writeAnnounced(configuration.statePath, announced),
    log,
  });
  log(`announcing for ${configuration.site}, ${configuration.role}, ${configuration.services.length} services`);
  await Promise.all([...configuration.edges.map(edge => watchEdge(announcer, configuration, edge)), watchQuorum(announcer, configuration)]);
}

async function watchEdge(announcer: Announcer, { services }: AnnouncerConfiguration, edge: Edge): Promise<never> {
  const probe = edgeProbe(edge);
  const systems = services.map(({ system }) => system);
  return every(PROBE_INTERVAL_MS, async () => {
    announcer.edgeAnswered(edge, await probe.ask(systems));
    await announcer.step();
  });
}

async function watchQuorum(announcer: Announcer, { etcd, source, identity }: AnnouncerConfiguration): Promise<never> {
  const ask = quorumProbe({ members: etcd, source, identity: await readIdentity(identity) });
  return every(PROBE_INTERVAL_MS, async () => {
    announcer.quorumAnswered(await ask());
    await announcer.step();
  });
}

/** A renewed one restarts this process. */
async function readIdentity({ authority, certificate, key }: AnnouncerConfiguration['identity']): Promise<OwnIdentity> {
  const [ca, cert, privateKey] = await Promise.all([authority, certificate, key].map(path => readFile(path, 'utf8')));
  return { ca: ca ?? '', cert: cert ?? '', key: privateKey ?? '' };
}

/**
 * Rounds start at the interval, later when one takes longer: a slow peer is not asked twice at once. One that does not end would leave
 * the site announced by what was last known: then the process ends, and the supervisor starts another.
 */
async function every(intervalMs: number, round: () => Promise<void>): Promise<never> {
  for (;;) {
    const started = performance.now();
    await inTime(ROUND_LIMIT_MS, round(), `a round was not over after ${ROUND_LIMIT_MS / 1000} s`);
    await sleep(Math.max(0, started + intervalMs - performance.now()));
  }
}

function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}
