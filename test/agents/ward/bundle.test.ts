/** The agent as it is shipped: bundled, in processes of its own. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { fractionOf } from '../../../agents/ward/schedule.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { office } from './configurations.js';
import { closedPort, closing } from './listening.js';
import { fakeReceiver } from './remote-write.js';

const PATIENCE = { timeout: 30_000 };
const folder = temporaryFolder();
const endpoint = Array.from({ length: 500 }, (_, index) => `e${index}`).find(name => fractionOf(`${name} equipment`) < 0.01) ?? '';

beforeAll(() => promisify(execFile)(process.execPath, ['infra/cli/build.mjs', 'agents', folder]));

interface Program {
  readonly child: ChildProcess;
  text(): string;
  /** The exit code, once it has ended. */
  ended(): Promise<number | null>;
}

function run(program: string, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [join(folder, `${program}.cjs`), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const exit = once(child, 'exit');
  closing(() => void child.kill('SIGKILL'));
  return { child, text: () => text, ended: async () => (await exit)[0] };
}

async function started() {
  const site = await fakeReceiver();
  const stateFolder = join(temporaryFolder(), 'state');
  mkdirSync(stateFolder);
  const path = join(stateFolder, '..', 'ward.json');
  const configure = (change: object): void => writeFileSync(path, JSON.stringify({ ...office, endpoint, stateFolder, ...change }));
  const sites = [{ site: 's1', push: site.url, reflector: { address: '127.0.0.1', port: 9 } }];
  const good = { metricsPort: await closedPort(), sites, systems: [], targets: [] };
  configure(good);
  const latest = (name: string): number | undefined =>
    site.pushes.flatMap(({ samples }) => samples).findLast(sample => sample.name === name)?.value;
  return { site, stateFolder, configure, good, latest, ward: run('ward', path, stateFolder) };
}

describe('the agent', () => {
  test('pushes what it and its collectors found, lives with a wrong configuration, and ends when it is ordered to', async () => {
    const { stateFolder, configure, good, latest, ward } = await started();
    await expect.poll(() => latest('citydc_pc_memory_size_bytes'), PATIENCE).toBeGreaterThan(0);
    expect(latest('citydc_agent_configuration_valid')).toBe(1);
    await expect.poll(ward.text, PATIENCE).toContain('nightly inventory at 30 1 * * *');
    configure({ ...good, endpoint: 'ward 131' });
    ward.child.kill('SIGHUP');
    await expect.poll(() => latest('citydc_agent_configuration_valid'), PATIENCE).toBe(0);
    expect(ward.text()).toContain('endpoint: an endpoint is named e and its number');
    configure(good);
    ward.child.kill('SIGHUP');
    await expect.poll(() => latest('citydc_agent_configuration_valid'), PATIENCE).toBe(1);
    ward.child.kill('SIGTERM');
    expect(await ward.ended()).toBe(0);
    expect(JSON.parse(readFileSync(join(stateFolder, 'configuration.json'), 'utf8'))).toMatchObject({ endpoint });
  }, 120_000);

  test('starts with the last good configuration when its own is wrong', async () => {
    const { stateFolder, configure, latest, ward } = await started();
    await expect.poll(() => latest('citydc_agent_configuration_valid'), PATIENCE).toBe(1);
    ward.child.kill('SIGTERM');
    await ward.ended();
    configure({ sites: [] });
    run('ward', join(stateFolder, '..', 'ward.json'), stateFolder);
    await expect.poll(() => latest('citydc_agent_configuration_valid'), PATIENCE).toBe(0);
  });

  test('refuses to start without any good configuration', async () => {
    const ward = run('ward', '/nowhere/ward.json', '/nowhere');
    expect(await ward.ended()).toBe(2);
    expect(ward.text()).toContain('ENOENT');
  });
});

describe('the reflector', () => {
  const configured = (text: string): string => {
    const path = join(temporaryFolder(), 'reflector.json');
    writeFileSync(path, text);
    return path;
  };

  test('reflects until it is ordered to end', async () => {
    const reflector = run(
      'reflector',
      configured(JSON.stringify({ schema: 1, site: 's1', listen: '127.0.0.1', port: await closedPort() })),
    );
    await expect.poll(reflector.text, PATIENCE).toContain('reflecting for s1');
    reflector.child.kill('SIGTERM');
    expect(await reflector.ended()).toBe(0);
  });

  test('refuses a wrong configuration with all its problems', async () => {
    const reflector = run('reflector', configured('{"schema":1,"site":"s1","listen":"here","port":0}'));
    expect(await reflector.ended()).toBe(2);
    expect(reflector.text()).toMatch(/listen: .*\n.*port: /);
  });
});
