/** What the city notifies when something breaks: one notification a cause, and no other. */

import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { AGENT_FRESH_SECONDS, PUSH_SECONDS } from '../../agents/contract/cadence.js';
import { wallQueries } from '../dashboards/walls.js';
import { canTho } from '../site/cities.js';
import { citydc, succeed } from './citydc.js';
import { eventually } from './eventually.js';
import { noLab } from './no-lab.js';
import { fired, reportedSince, resolved } from './notices.js';
import { OBSERVERS, type ObservingSite, query, quiet, value } from './prometheus.js';

/** Longer than the slowest alert that a fault could wrongly raise: of a silent agent, seen at the next look, pending and grouped for half a minute each. */
const WATCHED_MS = (AGENT_FRESH_SECONDS + PUSH_SECONDS + 65) * 1000;
const HUNG = 'e190';

const steady = () => eventually('steady state', async () => (await citydc(['status'])).code === 0);

/** Injects, waits for what must be notified, watches for what must not be, heals, and waits until all is quiet again. */
async function tellsOnly(inject: () => Promise<unknown>, heal: () => Promise<unknown>, expected: readonly string[]) {
  await quiet();
  const since = Date.now();
  await inject();
  try {
    await eventually(`the notification of ${expected}`, async () => fired(await reportedSince(since)).length >= expected.length);
    await pause(WATCHED_MS - Math.min(WATCHED_MS, Date.now() - since));
    expect(fired(await reportedSince(since)).toSorted()).toEqual(expected);
  } finally {
    await heal();
  }
  await steady();
  await quiet();
  await eventually(`the all-clear of ${expected}`, async () => resolved(await reportedSince(since)).length >= expected.length);
  const reported = await reportedSince(since);
  expect([fired(reported).toSorted(), resolved(reported).toSorted()]).toEqual([expected, expected]);
}

/** A ward's line, another's power, a district, one of another's two uplinks, and an agent that hangs. */
async function injectFive(): Promise<void> {
  await succeed('fault', 'cut', 'l131');
  await succeed('fault', 'power-off', 'e133');
  await succeed('fault', 'cut', 'n67');
  await succeed('fault', 'cut', 'l14');
  await signalAgent('STOP');
}
async function healFive(): Promise<void> {
  await succeed('fault', 'heal');
  await signalAgent('CONT');
}
const signalAgent = (signal: string) => succeed('exec', HUNG, '--', 'sh', '-c', `kill -${signal} "$(cat /etc/service/ward/supervise/pid)"`);

/** Waits until so many series answer; undefined is none. */
const counts = (site: ObservingSite, expression: string, wanted: number | undefined) =>
  eventually(`${wanted ?? 'no'} series of ${expression} at ${site}`, async () => (await value(site, `count(${expression})`)) === wanted);

describe.skipIf(noLab('the eyes')).sequential('the eyes', () => {
  beforeAll(steady);

  test('every office is seen by both sites, and nothing is unknown', async () => {
    await quiet();
    for (const site of OBSERVERS) {
      await counts(site, 'citydc:endpoint_state == 0', 138);
      await counts(site, 'citydc:agent_fresh == 1', 138);
      await counts(site, 'citydc:link_state != 0 or citydc:node_state != 0', undefined);
    }
  });

  test('an office has at most 100 series, and what the lab cannot have is absent', async () => {
    const perOffice = 'max(count by (endpoint) ({__name__=~"citydc_.+",endpoint=~"e.+"}))';
    expect(await value('s1', perOffice)).toBeLessThanOrEqual(100);
    expect(await query('s1', 'citydc_equipment_found or citydc_pc_temperature_celsius')).toEqual([]);
    // Offices take their first looks at equipment one after the other; these have.
    const looked = 'count(citydc_agent_collector_success{collector="usb"})';
    await eventually('a first look at equipment', async () => (await value('s1', looked)) !== undefined);
    expect(await query('s1', 'citydc_agent_collector_success{collector="usb"} == 1')).toEqual([]);
  });

  test.each(OBSERVERS)('every query of the wall has an answer at %s', async site => {
    const answers = await Promise.all(
      wallQueries(canTho).map(async each => ({ ...each, samples: (await query(site, each.expression)).length })),
    );
    expect(answers.filter(({ samples, emptyWhenWell }) => samples === 0 && !emptyWhenWell)).toEqual([]);
  });

  test('five causes at once are five notifications', () =>
    tellsOnly(injectFive, healFive, [
      `AgentSilent ${HUNG}`,
      'AggregationDown n67',
      'EndpointDown e131',
      'EndpointDown e133',
      'LinkDown l14',
    ]));
});
