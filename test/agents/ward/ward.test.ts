/** The whole agent in this process, against real sockets. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import type { WardConfiguration } from '../../../agents/contract/ward.js';
import { reflector } from '../../../agents/reflector/reflector.js';
import { failedRound } from '../../../agents/ward/collectors/round.js';
import { openDisk } from '../../../agents/ward/disk.js';
import { wardMetrics } from '../../../agents/ward/metrics.js';
import { nightly } from '../../../agents/ward/nightly.js';
import type { WardWorld } from '../../../agents/ward/parts.js';
import { pusher } from '../../../agents/ward/push/pusher.js';
import { receiverAt } from '../../../agents/ward/push/receiver.js';
import { fractionOf } from '../../../agents/ward/schedule.js';
import { type RunningWard, startWard } from '../../../agents/ward/ward.js';
import { office } from './configurations.js';
import { closedPort, closing, http } from './listening.js';
import { type FakeReceiver, fakeReceiver, type ReceivedSample } from './remote-write.js';

const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 20_000 };

function worldOf(change: Partial<WardWorld> = {}): WardWorld & { readonly lines: string[] } {
  const lines: string[] = [];
  const log = (_level: string, line: string): void => void lines.push(line);
  return {
    nowMs: () => performance.now(),
    wallMs: Date.now,
    log,
    report: () => undefined,
    disk: openDisk(log),
    sent: new Map(),
    round: async () => failedRound('a test has no equipment'),
    bug: error => expect.unreachable(String(error)),
    lines,
    ...change,
  };
}

async function reflecting(wallMs = Date.now): Promise<{ readonly port: number; close(): void }> {
  const socket = reflector(wallMs);
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const close = () => void socket.removeAllListeners().close();
  closing(() => {
    try {
      close();
    } catch {
      // The test has closed it.
    }
  });
  return { port: socket.address().port, close };
}

function start(configuration: WardConfiguration, world: WardWorld): RunningWard {
  const ward = startWard(configuration, world);
  ward.configurationIs(true);
  closing(ward.stop);
  return ward;
}

/** An office whose first round of collectors comes at once: others wait up to a minute. */
const endpoint = Array.from({ length: 500 }, (_, index) => `e${index}`).find(name => fractionOf(`${name} equipment`) < 0.01) ?? '';

/** An office between two sites that work, with one system. */
async function city() {
  const sites = await Promise.all([fakeReceiver(), fakeReceiver()]);
  const reflectors = await Promise.all([reflecting(), reflecting()]);
  const portal = await http((_, response) => response.end('well'));
  const configuration: WardConfiguration = {
    ...office,
    endpoint,
    metricsPort: await closedPort(),
    sites: sites.map(({ url }, index) => ({
      site: `s${index + 1}`,
      push: url,
      reflector: { address: '127.0.0.1', port: reflectors[index]?.port ?? 0 },
    })),
    systems: [{ system: 'portal', address: '127.0.0.1', port: portal.port }],
  };
  return { sites: sites as [FakeReceiver, FakeReceiver], reflectors, configuration };
}

const samples = (site: FakeReceiver): readonly ReceivedSample[] => site.pushes.flatMap(push => push.samples);
const latest = (site: FakeReceiver, name: string, label = endpoint): ReceivedSample | undefined =>
  samples(site).findLast(sample => sample.name === name && sample.labels.some(([, value]) => value === label));

describe('an agent', () => {
  test('reports to both sites all that it knows, in the sites’ time although its own clock is an hour off', async () => {
    const { sites, configuration } = await city();
    const beganMs = Date.now();
    start(configuration, worldOf({ wallMs: () => Date.now() + HOUR_MS }));
    for (const [index, site] of sites.entries()) {
      await expect.poll(() => latest(site, 'citydc_system_reachable', 'portal')?.value, PATIENCE).toBe(1);
      await expect.poll(() => latest(site, 'citydc_agent_collector_success', 'usb')?.value, PATIENCE).toBe(0);
      expect(latest(site, 'citydc_path_loss_ratio', `s${index + 1}`)?.value).toBeLessThan(1);
      expect(latest(site, 'citydc_agent_clock_offset_seconds', `s${index + 1}`)?.value).toBeCloseTo(3600, 0);
      const stamps = samples(site).map(({ timestampMs }) => timestampMs);
      expect(Math.min(...stamps)).toBeGreaterThanOrEqual(beganMs - 1000);
      expect(Math.max(...stamps)).toBeLessThanOrEqual(Date.now() + 1000);
      expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    }
  });

  test('ends the series of what is silent now, at each site', async () => {
    const { sites, reflectors, configuration } = await city();
    start(configuration, worldOf());
    for (const site of sites) await expect.poll(() => latest(site, 'citydc_path_round_trip_seconds', 's2')?.stale, PATIENCE).toBe(false);
    reflectors[1]?.close();
    for (const site of sites) {
      await expect.poll(() => latest(site, 'citydc_path_round_trip_seconds', 's2')?.stale, PATIENCE).toBe(true);
      expect(latest(site, 'citydc_path_loss_ratio', 's2')?.value).toBe(1);
    }
  });

  test('does not keep one site waiting for another that hangs', async () => {
    const { sites, configuration } = await city();
    const hanging = await http(request => request.resume());
    const [first, second] = configuration.sites;
    if (first === undefined || second === undefined) return expect.unreachable();
    start({ ...configuration, sites: [{ ...first, push: `http://127.0.0.1:${hanging.port}/` }, second] }, worldOf());
    await expect.poll(() => sites[1].pushes.length, PATIENCE).toBeGreaterThan(2);
  });

  test('ends, by a changed configuration, what that no longer measures', async () => {
    const { sites, configuration } = await city();
    const world = worldOf();
    const ward = start(configuration, world);
    await expect.poll(() => latest(sites[0], 'citydc_system_reachable', 'portal')?.value, PATIENCE).toBe(1);
    ward.stop();
    start({ ...configuration, systems: [] }, world);
    await expect.poll(() => latest(sites[0], 'citydc_system_reachable', 'portal')?.stale, PATIENCE).toBe(true);
  });

  test('answers a scrape on loopback', async () => {
    const { configuration } = await city();
    start(configuration, worldOf());
    const scrape = (path: string) => fetch(`http://127.0.0.1:${configuration.metricsPort}${path}`);
    expect(await (await scrape('/metrics')).text()).toContain('citydc_agent_info{endpoint="');
    expect((await scrape('/')).status).toBe(404);
  });

  test('continues without a scrape when another process has its port', async () => {
    const { sites, configuration } = await city();
    const world = worldOf();
    start({ ...configuration, metricsPort: sites[0].port }, world);
    await expect.poll(() => sites[1].pushes.length, PATIENCE).toBeGreaterThan(0);
    expect(world.lines).toContainEqual(expect.stringContaining('no scrape: listen EADDRINUSE'));
  });
});

describe('both sites gone', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };

  test('for many pushes costs no memory, and the first that comes back is pushed to', async () => {
    const port = await closedPort();
    const metrics = wardMetrics(endpoint);
    for (let number = 0; number < 90; number += 1) metrics.put('citydc_system_reachable', { system: `system-${number}` }, 1);
    const receiver = receiverAt(`http://127.0.0.1:${port}/api/v1/write`, '127.0.0.1');
    closing(receiver.close);
    let stampMs = 0;
    const push = pusher({ site: 's1', receiver, sent: new Map(), metrics, stampMs: () => ++stampMs, report: () => undefined });
    const pushes = async (count: number): Promise<number> => {
      for (let pushed = 0; pushed < count; pushed += 1) await push();
      return heapBytes();
    };
    const before = await pushes(300);
    expect((await pushes(600)) - before).toBeLessThan(500_000);
    const site = await fakeReceiver(port);
    await push();
    await push();
    expect(latest(site, 'citydc_agent_pushes_total', 'unreachable')?.value).toBe(900);
    expect(latest(site, 'citydc_agent_pushes_total', 'accepted')?.value).toBe(1);
  });
});

describe('the nightly inventory', () => {
  const unexpected = async (): Promise<void> => expect.unreachable('it was not requested');
  const everySecond = { ...office, inventoryAt: '* * * * * *' };

  test('comes by cron', async () => {
    const run = vi.fn(async () => undefined);
    closing(nightly(everySecond, { run, wrong: message => expect.unreachable(message), ready: Promise.resolve() }, () => undefined, 0));
    await expect.poll(() => run.mock.calls.length, PATIENCE).toBeGreaterThan(0);
  });

  test.each([
    ['a calendar that cron does not understand', { inventoryAt: 'at night' }],
    ['a time zone that does not exist', { timeZone: 'Asia/Can_Tho' }],
  ])('%s is reported, and nothing else happens', async (_, wrongPart) => {
    const wrong = vi.fn();
    closing(nightly({ ...office, ...wrongPart }, { run: unexpected, wrong, ready: Promise.resolve() }, () => undefined));
    await expect.poll(() => wrong.mock.calls.length).toBe(1);
  });
});
