/** A city in two buildings, each a Docker host of its own, from a bundle: on a machine without Node, without npm and without a registry. */

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Ended } from '../lab/citydc.js';
import { demandPassed } from '../lab/passed.js';
import { cityOnDocker, withoutLab } from './city-on-docker.js';
import { type Building, environmentOf, joinBuildings } from './engine.js';
import { dockerInventory } from './inventory.js';
import { noPlugin } from './no-docker.js';

const SUITE = 'a city on two Docker hosts, from a bundle';
const UNDERLAYS = ['172.30.0.0/16', '172.31.0.0/16'] as const;
/** All that the machine has besides Docker and terraform. */
const PROGRAMS = ['sh', 'cat', 'dirname', 'mktemp', 'openssl', 'readlink', 'rm', 'tail', 'tar', 'uname'];

describe.skipIf(noPlugin(SUITE)).sequential(SUITE, () => {
  const tools = inject('dockerTools');
  const { debian, terraform, plugin } = tools;
  const maker = cityOnDocker('two', tools);
  const bare = join(maker.state, 'bare');
  const [file, installed] = [join(maker.state, 'city.bundle'), join(maker.state, 'installed')];
  let primary: Building;
  let backup: Building;

  /** In the primary's network, which leads to no registry. */
  const run = (program: string, ...words: readonly string[]) =>
    new Promise<Ended>(done => {
      const outside = ['-t', String(primary.engine.pid), '-n', 'env', '-i', `PATH=${bare}`, `HOME=${maker.state}`];
      const libraries = `LD_LIBRARY_PATH=${environmentOf(debian).LD_LIBRARY_PATH}`;
      const child = execFile('nsenter', [...outside, libraries, program, ...words], { maxBuffer: 64 << 20 }, (_error, stdout, stderr) =>
        done({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
      );
    });
  const citydc = (...words: readonly string[]) => run(join(installed, 'citydc'), ...words);

  beforeAll(async () => {
    await withoutLab();
    primary = { engine: await maker.engine('primary'), underlay: UNDERLAYS[0] };
    backup = { engine: await maker.engine('backup'), underlay: UNDERLAYS[1] };
    await joinBuildings(primary, backup);
    mkdirSync(bare);
    for (const name of PROGRAMS) symlinkSync(pathOf(name), join(bare, name));
    // Under a name by which it is found, whatever the operator's own is called.
    symlinkSync(resolve(terraform), join(bare, basename(terraform) === 'tofu' ? 'tofu' : 'terraform'));
    symlinkSync(join(debian, 'usr', 'bin', 'docker'), join(bare, 'docker'));
  });
  afterAll(async () => {
    await maker.end();
  });

  test('it is packed into one file, with image and plug-in', async () => {
    const inventory = dockerInventory(join(maker.state, 'inventory'), [
      { key: 'primary', connect: primary.engine.connect, underlay: primary.underlay, sites: [1] },
      { key: 'backup', connect: backup.engine.connect, underlay: backup.underlay, sites: [2, 3] },
    ]);
    const words = ['--districts', 'n67,n73', '--plugin', plugin, '--out', file];
    expect(await maker.json('bundle', inventory, ...words)).toMatchObject({ inventory: 'can-tho-2022', plugin: true });
  });

  test('the file installs itself', async () => {
    const { code, stdout, stderr } = await run('sh', file, '--key', join(maker.state, 'signing', 'bundle.key.pub'), '--to', installed);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`next: ${installed}/citydc up`);
    // What made it is gone: nothing of it is used any more.
    rmSync(join(maker.state, 'inventory'), { recursive: true });
  });

  test('the city comes up in both buildings', async () => {
    const { code, stdout, stderr } = await citydc('up', '--json');
    expect(code, `${stderr.slice(-3000)}\n${stdout}`).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ hosts: 46, late: [] });
    expect(await hostsOn(primary)).toEqual(expect.arrayContaining(['s1-database1', 'e131']));
    expect(await hostsOn(backup)).toEqual(expect.arrayContaining(['s2-database1', 's3-etcd1']));
    expect((await hostsOn(primary)).some(name => /^s[23]-/.test(name))).toBe(false);
  });

  test('the loss of a site passes with the same criteria as in the lab', async () => {
    await demandPassed(() => citydc('drill', 'run', 'site-loss', '--json'));
    expect((await citydc('status')).code).toBe(0);
  });

  test('nothing of it is left in either', async () => {
    expect((await citydc('down', '--data')).code).toBe(0);
    for (const { engine } of [primary, backup]) {
      expect(await engine.docker('ps', '-aq')).toBe('');
      expect(await engine.docker('volume', 'ls', '-q')).toBe('');
    }
  });
});

const pathOf = (program: string): string => execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();

const hostsOn = async ({ engine }: Building): Promise<readonly string[]> =>
  (await engine.docker('ps', '--format', '{{.Names}}')).split('\n').map(name => name.replace('can-tho-2022-', ''));
