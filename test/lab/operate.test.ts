/** What an operator does with a running city. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import { FAMILIES } from '../../infra/city/addresses.js';
import type { ActiveFault } from '../../infra/fabric/fabric.js';
import type { CheckResult } from '../../infra/fabric/steady-state.js';
import { PORTALS, reachedIn, urlOf } from './addresses.js';
import { citydc, inHost, succeed } from './citydc.js';
import { eventually } from './eventually.js';
import { noLab } from './no-lab.js';

interface Status {
  readonly steady: boolean;
  readonly checks: readonly CheckResult[];
}
const status = async (): Promise<Status> => JSON.parse((await citydc(['status', '--json'])).stdout) as Status;
const steady = () => eventually('steady state', async () => (await status()).steady);
/** When its first process started: another value is another start. */
const startOf = async (host: string) => (await succeed('exec', host, '--', 'cat', '/proc/1/stat')).split(' ')[21];
/** In both families. */
const portalIsBy = async (host: string, device: string) => {
  const ways = await Promise.all(PORTALS.map(address => inHost(host, 'ip', 'route', 'get', address)));
  return ways.every(({ stdout }) => stdout.includes(`dev ${device}`));
};
const faultIds = async () => (JSON.parse(await succeed('fault', 'list', '--json')) as { faults: ActiveFault[] }).faults.map(({ id }) => id);

describe.skipIf(noLab('an operator')).sequential('an operator', () => {
  test('a second up changes nothing and says so', async () => {
    expect(await succeed('up')).toContain('was up already, nothing changed');
  });

  test('status knows every check, and exits 0 in steady state', async () => {
    const { checks, steady: isSteady } = await status();
    expect(isSteady).toBe(true);
    expect(checks.length).toBeGreaterThan(20);
    expect(checks.every(({ detail }) => detail !== '')).toBe(true);
  });

  test("exec runs in the host, and hands on the command's own exit code", async () => {
    expect(await succeed('exec', 'e131', '--', 'ip', 'route')).toContain('default via');
    expect(await succeed('exec', 'Thới Hưng', '--', 'hostname')).toBe('e131\n');
    expect((await inHost('e131', 'sh', '-c', 'exit 7')).code).toBe(7);
    expect((await inHost('e131', 'no-such-program')).stderr).toContain('no-such-program');
    expect((await citydc(['exec', 'e999', '--', 'true'])).code).toBe(2);
  });

  test('a cut uplink moves its district to the backup, and healing brings it back', async () => {
    await succeed('fault', 'cut', 'l12');
    await eventually('the routes over the backup', () => portalIsBy('n67', 'l13'));
    expect((await citydc(['status'])).code).toBe(1);
    expect(await succeed('fault', 'heal')).toContain('l12 cut');
    await eventually('the routes over the primary', () => portalIsBy('n67', 'l12'));
    await steady();
  });

  test('loss and rate can be impaired; what the kernel cannot do is refused by name', async () => {
    expect(await succeed('fault', 'impair', 'l131', '--loss', '50', '--rate', '2 Mbit/s')).toContain('l131 impaired');
    expect((await inHost('e131', 'ping', '-q', '-c', '40', '-i', '0.01', '-W', '1', '10.100.0.1')).stdout).not.toMatch(/ 0% packet loss/);
    await succeed('fault', 'heal', 'l131');
    const delay = await citydc(['fault', 'impair', 'l131', '--delay', '20']);
    if (delay.code === 0) await succeed('fault', 'heal', 'l131');
    else expect(delay).toMatchObject({ code: 3, stderr: expect.stringContaining('netem') });
    expect(await faultIds()).toEqual([]);
  });

  test('a powered-off office is off, and comes back with its files', async () => {
    await inHost('e131', 'sh', '-c', 'echo kept > /var/lib/citydc/note');
    await succeed('fault', 'power-off', 'e131');
    expect(await inHost('e131', 'true')).toMatchObject({ code: 3, stderr: expect.stringContaining('host e131 is off') });
    expect((await inHost('n73', 'ping', '-c', '1', '-W', '1', '10.88.131.1')).code).not.toBe(0);
    await succeed('fault', 'heal', 'e131');
    expect((await inHost('e131', 'cat', '/var/lib/citydc/note')).stdout).toBe('kept\n');
    await steady();
  });

  test('a fault that was written down and never done is undone without a trace', async () => {
    const record = {
      schema: 1,
      id: 'f9',
      fault: { do: 'power-off', hosts: ['n73', 's2-router1'] },
      by: 'a drill that was killed',
      means: '',
    };
    const starts = await Promise.all(record.fault.hosts.map(startOf));
    mkdirSync('.citydc/city/faults', { recursive: true });
    writeFileSync('.citydc/city/faults/f9.json', `${JSON.stringify({ ...record, injectedAt: new Date().toISOString() })}\n`);
    expect(await succeed('fault', 'heal')).toContain('n73, s2-router1 off');
    expect(await Promise.all(record.fault.hosts.map(startOf))).toEqual(starts);
    // A monitor may only now learn of the fault before this one: its probes take their turn.
    await steady();
  });

  test('a fault is known by the name of its office, and says by what it is done', async () => {
    expect(await succeed('fault', 'cut', 'Thới Hưng')).toMatch(/l131.* cut, by nftables/);
    await succeed('fault', 'heal');
    expect((await citydc(['fault', 'cut', 's1-router1'])).stderr).toContain('s1-router1 is a machine inside a site');
    expect((await citydc(['fault', 'cut', 'l9999'])).stderr).toContain('there is no such link');
  });

  test("a fault with a time is undone by the dead man's timer", async () => {
    await succeed('fault', 'cut', 'l131', '--for', '2');
    await eventually('the fault undone', async () => (await faultIds()).length === 0);
    expect((await inHost('e131', 'ping', '-c', '1', '-W', '2', '10.100.0.1')).code).toBe(0);
  });

  test.each(FAMILIES.map(reachedIn))(
    'an office reaches its services, no other office, and nothing behind the services: $family',
    async ({ portal, database, office }) => {
      const connects = async (address: string, port: number) =>
        (await inHost('e131', 'curl', '-s', '-o', '/dev/null', '--connect-timeout', '1', urlOf(address, port))).code === 0;
      expect(await connects(portal, 80)).toBe(true);
      expect(await connects(portal, 5000)).toBe(false);
      expect(await connects(database, 8008)).toBe(false);
      expect(await connects(office, 80)).toBe(false);
      expect((await inHost('e131', 'ping', '-c', '1', '-W', '1', office)).code).not.toBe(0);
    },
  );

  test("an office's Internet line carries only what the inventory allows", async () => {
    expect((await inHost('e131', 'ping', '-c', '1', '-W', '1', '198.51.100.1')).code).not.toBe(0);
  });

  test('the pages answer on loopback, at both sites', async () => {
    const { pages } = JSON.parse(await succeed('up', '--json')) as { pages: { url: string }[] };
    expect(pages).toHaveLength(4);
    for (const { url } of pages) expect((await fetch(`${url}-/ready`)).status).toBe(200);
  });

  test('a keeper that was killed is seen, and the next up starts it again', async () => {
    const pid = await keeperPid();
    process.kill(pid, 'SIGKILL');
    expect((await citydc(['status'])).stdout).toMatch(/keeper +late/);
    await succeed('up');
    expect(await keeperPid()).not.toBe(pid);
    expect((await citydc(['status'])).code).toBe(0);
  });

  test('another checkout is refused with the path of this one', async () => {
    const other = await citydc(['up'], { CITYDC_STATE: '/tmp/citydc-second' });
    expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining(`${process.cwd()}/.citydc`) });
  });
});

const keeperPid = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createConnection('\0citydc-keeper');
    socket.on('data', data => resolve((JSON.parse(data.toString()) as { pid: number }).pid));
    socket.on('error', reject);
  });
