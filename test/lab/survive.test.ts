/** `up` and `down`, killed wherever they are; and what is left of a city that is gone. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { traces } from '../bench/traces.js';
import { CITYDC, citydc, succeed } from './citydc.js';
import { noLab } from './no-lab.js';

/** Every stage that `up` tells of between nothing and a city that is well, and `down` on its way back. */
const UP_STAGES = ['namespaces', 'wires', 'hosts 1/', 'hosts', 'steady state: 0/', 'steady state: 18/'] as const;
const DOWN_STAGES = ['ending hosts', 'removing files'] as const;

/** Runs a command and kills it -9 as soon as it tells of a stage. @returns whether the stage was reached */
function killedAt(command: 'up' | 'down', stage: string): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [CITYDC, command], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (part: Buffer) => {
      told += part.toString();
      if (told.includes(stage)) child.kill('SIGKILL');
    });
    child.on('exit', (_code, signal) => resolve(signal === 'SIGKILL'));
  });
}

const NOTHING = { mounts: [], processes: [], devices: [], listeners: [], controlGroups: [] };

describe.skipIf(noLab('a command that is killed')).sequential('a command that is killed', () => {
  afterAll(() => succeed('up'));

  test('down leaves nothing, and says so the second time', async () => {
    await succeed('down');
    expect(traces()).toEqual(NOTHING);
    expect(existsSync('.citydc/city')).toBe(false);
    expect(await succeed('down')).toBe('no city was up\n');
  });

  test.each(UP_STAGES)("up, killed at '%s', is taken down", async stage => {
    expect(await killedAt('up', stage)).toBe(true);
    await succeed('down');
    expect(traces()).toEqual(NOTHING);
  });

  test("up, killed at 'hosts', is brought up by the next", async () => {
    expect(await killedAt('up', 'hosts')).toBe(true);
    expect((await citydc(['status'])).code).toBe(3);
    expect(await succeed('up')).toContain('is up');
    expect((await citydc(['status'])).code).toBe(0);
  });

  test.each(DOWN_STAGES)("down, killed at '%s', is finished by the next", async stage => {
    await citydc(['up', '--deadline', '1']);
    expect(await killedAt('down', stage)).toBe(true);
    await succeed('down');
    expect(traces()).toEqual(NOTHING);
  });

  test('without a package source, up names it and leaves nothing half done', async () => {
    const state = mkdtempSync(join(tmpdir(), 'citydc-state-'));
    const refused = await citydc(['up'], { CITYDC_STATE: state, CITYDC_MIRROR: 'http://127.0.0.1:9/debian' });
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('the Debian package source cannot be reached') });
    expect(refused.stderr).toContain('CITYDC_MIRROR');
    expect(readdirSync(join(state, 'images'))).toEqual([]);
    expect(traces()).toEqual(NOTHING);
    rmSync(state, { recursive: true });
  });

  test('up, interrupted with Ctrl-C, undoes what it began', async () => {
    const child = spawn(process.execPath, [CITYDC, 'up'], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (part: Buffer) => {
      if (part.toString().includes('hosts')) child.kill('SIGINT');
    });
    const code = await new Promise(resolve => child.on('exit', resolve));
    expect(code).toBe(3);
    expect(traces()).toEqual(NOTHING);
  });
});
