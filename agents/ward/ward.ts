/** The agent of one office: measures on its own clock, and pushes what it knows now to every site. */

import type { WardConfiguration } from '../contract/ward.js';
import { watchEquipment } from './equipment.js';
import { partsOf, type WardParts, type WardWorld } from './parts.js';
import { pathProbe } from './probes/path.js';
import { pathSocket } from './probes/path-socket.js';
import { within } from './probes/probe.js';
import { systemProbe } from './probes/system.js';
import { targetProbe } from './probes/target.js';
import { pusher } from './push/pusher.js';
import { receiverAt } from './push/receiver.js';
import type { Sent } from './push/staleness.js';
import { openScrape } from './scrape.js';
import { ownMetrics } from './self.js';
import { type Show, show } from './show.js';

export interface RunningWard {
  /** Says whether the configuration on disk is the active one. */
  configurationIs(valid: boolean): void;
  /** Ends all that it started. What is under way ends by its own deadline, and its result is dropped. */
  stop(): void;
}

/** How long a probe may take. */
const PROBE_DEADLINE_MS = 3000;

export function startWard(configuration: WardConfiguration, world: WardWorld): RunningWard {
  const { parts, end } = partsOf(configuration, world);
  const shown = show(parts.metrics, parts.clock, world.report);
  const refresh = ownMetrics(parts.metrics, parts.clock, world.disk);
  openScrape(parts, refresh);
  const seenPaths = watchPaths(parts, shown);
  watchSystemsAndTargets(parts, shown);
  watchEquipment(parts);
  pushToSites(parts, refresh, seenPaths);
  return { configurationIs: valid => parts.metrics.put('citydc_agent_configuration_valid', {}, valid ? 1 : 0), stop: end };
}

/** All sites in one job: their datagrams leave in the same moments, so the process wakes up half as often. Settled after the first look. */
function watchPaths({ configuration, world, cadences, start, atEnd }: WardParts, shown: Show): Promise<void> {
  const socket = pathSocket(configuration.source, world.wallMs);
  atEnd(socket.close);
  const looks = configuration.sites.map(({ site, reflector }) => {
    const probe = pathProbe(socket, reflector);
    return async () => shown.path(site, await within(PROBE_DEADLINE_MS, probe));
  });
  return start(cadences.paths(), async () => void (await Promise.all(looks.map(look => look())))).first;
}

function watchSystemsAndTargets({ configuration: { source, systems, targets }, cadences, start }: WardParts, shown: Show): void {
  const looks = [
    ...systems.map(({ system, ...at }) => {
      const probe = systemProbe(source, at, PROBE_DEADLINE_MS);
      return async () => shown.system(system, await probe());
    }),
    ...targets.map(({ target, ...at }) => {
      const probe = targetProbe(source, at);
      return async () => shown.target(target, await within(PROBE_DEADLINE_MS, probe));
    }),
  ];
  for (const [index, look] of looks.entries()) start(cadences.system(index, looks.length), look);
}

/** Every site for itself: one that hangs does not delay the other. The first push waits for the sites' time, not for its turn. */
function pushToSites(
  { configuration, world, metrics, clock, cadences, start, atEnd }: WardParts,
  refresh: () => void,
  ready: Promise<void>,
): void {
  for (const { site, push: url } of configuration.sites) {
    const receiver = receiverAt(url, configuration.source);
    const push = pusher({ site, receiver, sent: sentTo(url, world), metrics, stampMs: clock.stampMs, report: world.report });
    atEnd(receiver.close);
    start(cadences.push(site), async () => {
      await ready;
      refresh();
      await push();
    });
  }
}

function sentTo(url: string, { sent }: WardParts['world']): Sent {
  const known = sent.get(url) ?? new Map();
  sent.set(url, known);
  return known;
}
