import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Collect, Information } from '../../../agents/ward/collectors/collector.js';
import { cpu } from '../../../agents/ward/collectors/cpu.js';
import { disk } from '../../../agents/ward/collectors/disk.js';
import { information as realInformation } from '../../../agents/ward/collectors/information.js';
import { printers } from '../../../agents/ward/collectors/printers.js';
import { failedRound, outcomeOf, takeRound } from '../../../agents/ward/collectors/round.js';
import { temperature } from '../../../agents/ward/collectors/temperature.js';
import { usb } from '../../../agents/ward/collectors/usb.js';
import { openDisk } from '../../../agents/ward/disk.js';
import { keepInventory, showRound } from '../../../agents/ward/equipment.js';
import { wardMetrics } from '../../../agents/ward/metrics.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { office } from './configurations.js';
import { closing } from './listening.js';

/** A PC with everything. */
const information: Information = {
  currentLoad: async () => ({ rawCurrentLoad: 3000, rawCurrentLoadIdle: 9000 }),
  mem: async () => ({ total: 8e9, available: 6e9 }),
  fsSize: async () => [
    { mount: '/boot', size: 1, used: 1 },
    { mount: '/', size: 5e11, used: 1e11 },
  ],
  cpuTemperature: async () => ({ main: 51.5 }),
  time: () => ({ uptime: 86_400 }),
  printer: async () => [{ name: 'Canon LBP' }],
  usb: async () => [
    { type: 'Hub', name: '2.0 root hub', manufacturer: 'Linux' },
    { type: 'Imaging', name: 'LiDE 300', manufacturer: 'Canon' },
    { type: 'Vendor Specific Class', name: 'ScanSnap iX500', manufacturer: 'Fujitsu' },
    { type: 'Camera', name: 'EOS camera', manufacturer: 'Canon' },
    { type: 'Mouse', name: 'Mouse', manufacturer: '' },
  ],
};
function machineRoot(...files: readonly string[]): string {
  const root = temporaryFolder();
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
}
const full = () => machineRoot('usr/bin/lpstat', 'sys/bus/usb/devices/usb1');
const look = (collect: Collect, change: Partial<Information> = {}, root = full()) =>
  outcomeOf(collect({ information: { ...information, ...change }, root, cpuBefore: { busyMs: 1000, idleMs: 3000 } })).then(
    ({ found, trouble }) => trouble ?? found,
  );

test('a PC with everything is reported in full', async () => {
  const round = await takeRound({ information, root: full(), cpuBefore: { busyMs: 1000, idleMs: 3000 } });
  expect(Object.values(round).map(({ trouble }) => trouble)).toEqual(Array(7).fill(undefined));
  expect(Object.assign({}, ...Object.values(round).map(({ found }) => found))).toEqual({
    cpuRatio: 0.25,
    memorySizeBytes: 8e9,
    memoryUsedBytes: 2e9,
    diskSizeBytes: 5e11,
    diskUsedBytes: 1e11,
    temperatureCelsius: 51.5,
    uptimeSeconds: 86_400,
    printers: 1,
    usbDevices: 4,
    scanners: 2,
  });
});

describe('what cannot be known is no number', () => {
  test.each([null, 0])('temperature %s', async main =>
    expect(await look(temperature, { cpuTemperature: async () => ({ main }) })).toBe('no sensor'),
  );
  test('a root file system that df does not list', async () =>
    expect(await look(disk, { fsSize: async () => [] })).toBe('df does not list the root file system'));
  test('printers without CUPS', async () => expect(await look(printers, {}, machineRoot())).toBe('no CUPS: there is no lpstat'));
  test('printers while CUPS is down', async () => expect(await look(printers, { printer: async () => [] })).toBe('CUPS does not answer'));
  test('USB without a bus', async () => expect(await look(usb, {}, machineRoot())).toBe('no USB bus'));
  test('USB without a working lsusb', async () => expect(await look(usb, { usb: async () => [] })).toBe('lsusb does not work'));
  test('a value that is no number', async () =>
    expect(await look(disk, { fsSize: async () => [{ mount: '/', size: Number.NaN, used: 1 }] })).toBe('diskSizeBytes is NaN'));
  test('a call that fails', async () =>
    expect(await look(usb, { usb: () => Promise.reject(new Error('no such device')) })).toBe('no such device'));
});

test('no printers is a number when CUPS answers', async () => {
  const root = machineRoot('usr/bin/lpstat', 'run/cups/here');
  const cups = createServer(socket => socket.resume());
  await new Promise<void>(resolve => cups.listen(join(root, 'run/cups/cups.sock'), resolve));
  closing(() => cups.close());
  expect(await look(printers, { printer: async () => [] }, root)).toEqual({ printers: 0 });
});

test('the first round looks at the processors twice', async () => {
  const passed = [
    { rawCurrentLoad: 100, rawCurrentLoadIdle: 900 },
    { rawCurrentLoad: 30, rawCurrentLoadIdle: 10 },
  ];
  const currentLoad = async () => passed.shift() ?? { rawCurrentLoad: 0, rawCurrentLoadIdle: 0 };
  const first = await cpu({ information: { ...information, currentLoad }, root: '/' });
  expect(first).toEqual({ found: { cpuRatio: 0.75 }, cpu: { busyMs: 130, idleMs: 910 } });
});

test('this machine can be looked at', async () => {
  const { memory, uptime } = await takeRound({ information: realInformation, root: '/' });
  expect(memory.found.memorySizeBytes).toBeGreaterThan(memory.found.memoryUsedBytes ?? Number.POSITIVE_INFINITY);
  expect(uptime.found.uptimeSeconds).toBeGreaterThan(0);
});

test('what a collector no longer finds is gone from the metrics', async () => {
  const metrics = wardMetrics('e131');
  const report = () => undefined;
  const names = async () => (await metrics.series()).map(({ name }) => name);
  showRound(await takeRound({ information, root: full(), cpuBefore: { busyMs: 0, idleMs: 0 } }), metrics, report);
  expect(await names()).toContain('citydc_pc_temperature_celsius');
  showRound(failedRound('gone'), metrics, report);
  expect((await names()).filter(name => !name.startsWith('citydc_agent_collector_'))).toEqual([]);
  expect((await metrics.series()).filter(({ name }) => name.endsWith('_success')).map(({ value }) => value)).toEqual(Array(7).fill(0));
});

describe('the inventory', () => {
  const log = () => undefined;
  const keep = async (stateFolder: string) => {
    const disk = openDisk(log);
    const round = await takeRound({ information, root: machineRoot('usr/bin/lpstat'), cpuBefore: { busyMs: 0, idleMs: 0 } });
    await keepInventory({ ...office, stateFolder }, round, Date.UTC(2026, 10, 23), disk);
    return disk.errors();
  };

  test('says what was found, and what is not known', async () => {
    const folder = temporaryFolder();
    expect(await keep(folder)).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'equipment.json'), 'utf8'))).toMatchObject({
      schema: 1,
      endpoint: 'e131',
      takenAt: '2026-11-23T00:00:00.000Z',
      equipment: { printers: { printers: 1, devices: ['Canon LBP'] }, usb: { unknown: 'no USB bus' } },
    });
    expect(readdirSync(folder)).toEqual(['equipment.json']);
  });

  test('that cannot be kept counts, and nothing else happens', async () => expect(await keep('/nowhere')).toBe(1));
});
