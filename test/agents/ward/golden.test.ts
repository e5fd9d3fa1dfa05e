/** The whole scrape against a committed file. After a meant change: `npx vitest run test/agents/ward/golden.test.ts -u`, and read the diff. */

import { expect, test } from 'vitest';
import { OURS } from '../../../agents/contract/metrics/ours.js';
import { siteClock } from '../../../agents/ward/clock.js';
import { FOUND } from '../../../agents/ward/collectors/collector.js';
import { failedRound, type Round } from '../../../agents/ward/collectors/round.js';
import { showExpected, showRound } from '../../../agents/ward/equipment.js';
import { WARD_METRICS, wardMetrics } from '../../../agents/ward/metrics.js';
import type { Echo } from '../../../agents/ward/probes/burst.js';
import { pusher } from '../../../agents/ward/push/pusher.js';
import { ownMetrics } from '../../../agents/ward/self.js';
import { show } from '../../../agents/ward/show.js';
import { office } from './configurations.js';

const report = () => undefined;
const answers: readonly Echo[] = [10, 12, 11].map((roundTripMs, index) => ({
  sequence: index + 1,
  roundTripMs,
  sentAtMs: 20_000 + index * 20,
  localMidpointMs: 1_800_000_020_250,
  reflectedAtMs: 1_800_000_020_000,
}));
/** Each collector found everything; numbers are only there to be distinguished. */
const round = Object.fromEntries(
  Object.entries(failedRound('')).map(([name]) => [
    name,
    { durationSeconds: 0.25, found: Object.fromEntries(Object.keys(FOUND).map((key, index) => [key, index + 1])) },
  ]),
) as unknown as Round;

/** An office with ten systems, two sites and two targets, all of whose measurements have a value. */
async function fullMetrics() {
  const metrics = wardMetrics(office.endpoint);
  const clock = siteClock({ nowMs: () => 60_000, wallMs: () => 1_800_000_060_250 });
  const shown = show(metrics, clock, report);
  for (const { site } of office.sites) shown.path(site, answers);
  for (const { system } of office.systems) shown.system(system, { reachable: true, connectSeconds: 0.01, responseSeconds: 0.02 });
  for (const { target } of office.targets) shown.target(target, { reachable: true, connectSeconds: 0.03 });
  showExpected(office, metrics);
  showRound(round, metrics, report);
  const receiver = { push: async () => ({ outcome: 'accepted' as const }), close: () => undefined };
  for (const { site } of office.sites) await pusher({ site, receiver, sent: new Map(), metrics, stampMs: clock.stampMs, report })();
  metrics.put('citydc_agent_configuration_valid', {}, 1);
  ownMetrics(metrics, clock, { save: async () => undefined, errors: () => 0 }, () => ({
    cpuSeconds: 1,
    residentBytes: 2,
    anonymousBytes: 3,
  }))();
  return metrics;
}

test('is as committed', async () => expect(await (await fullMetrics()).text()).toMatchFileSnapshot('../../golden/ward-agent.prom'));

test('has at most 100 series', async () => expect((await (await fullMetrics()).series()).length).toBeLessThanOrEqual(100));

test('every metric of the table has a series, with the labels of the table', async () => {
  const series = await (await fullMetrics()).series();
  expect(new Set(series.map(({ name }) => name))).toEqual(new Set(WARD_METRICS));
  for (const { name, labels } of series)
    expect.soft([name, Object.keys(labels).toSorted()]).toEqual([name, [...OURS[name as keyof typeof OURS].labels].toSorted()]);
});

test('the agent exports all of the table but what others do', () =>
  expect(
    Object.keys(OURS).filter(name => !WARD_METRICS.some(ours => ours === name) && !/^citydc_(canary|certificate)_/.test(name)),
  ).toEqual([]));
