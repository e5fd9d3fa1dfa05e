/** What an operator does with a running city. */

import { describe, expect, test } from 'vitest';
import { FAMILIES } from '../../infra/city/addresses.js';
import type { CheckResult } from '../../infra/fabric/steady-state.js';
import { reachedIn, urlOf } from './addresses.js';
import { citydc, inHost, succeed } from './citydc.js';
import { noLab } from './no-lab.js';
import { cookieOf, pagesBy, statusOf } from './pages.js';

interface Status {
  readonly steady: boolean;
  readonly checks: readonly CheckResult[];
}
const status = async (): Promise<Status> => JSON.parse((await citydc(['status', '--json'])).stdout) as Status;

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

  test('a fault is known by the name of its office, and says by what it is done', async () => {
    expect(await succeed('fault', 'cut', 'Thới Hưng')).toMatch(/l131.* cut, by nftables/);
    await succeed('fault', 'heal');
    expect((await citydc(['fault', 'cut', 's1-router1'])).stderr).toContain('s1-router1 is a machine inside a site');
    expect((await citydc(['fault', 'cut', 'l9999'])).stderr).toContain('there is no such link');
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
    const pages = await pagesBy('up');
    expect(pages).toHaveLength(4);
    for (const page of pages) expect(statusOf(page, '/-/ready', ...cookieOf(page))).toBe(200);
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

/** The keeper's process, as \`status\` says it. */
const keeperPid = async (): Promise<number> => Number(/^keeper +ok +process (\d+)/m.exec((await citydc(['status'])).stdout)?.[1]);
