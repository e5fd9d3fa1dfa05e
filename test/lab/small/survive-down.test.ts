/** `down`, killed wherever it is; and what outlives a city: an interrupted `up`, a restart of the machine. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unmountBelow } from '../../../infra/image/mounts.js';
import { traces } from '../../bench/traces.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { citydc, signalledAt, succeed } from '../citydc.js';
import { INTERRUPTED, isSteady, NOTHING, noSmallCity, smallCity } from './small-city.js';

/** Every stage that `down` reports. */
const DOWN_STAGES = [/^ending hosts /m, /^removing files /m];

const SUITE = 'a city that goes';

describe.skipIf(noSmallCity(SUITE)).sequential(SUITE, () => {
  const { state, up } = smallCity('a-city-that-goes');
  const left = () => traces(state);

  test('down leaves nothing, and says so the second time', async () => {
    await succeed(...up);
    await succeed('down');
    expect(left()).toEqual(NOTHING);
    expect(existsSync(join(state, 'city'))).toBe(false);
    expect(await succeed('down')).toBe('no city was up\n');
  });

  test.each(DOWN_STAGES)('down, killed at %s, is finished by the next', async stage => {
    await citydc([...up, '--deadline', '1']);
    expect((await signalledAt(['down'], stage, 'SIGKILL')).signal).toBe('SIGKILL');
    await succeed('down');
    expect(left()).toEqual(NOTHING);
  });

  test('without a package source, up names it and leaves nothing half done', async () => {
    const other = temporaryFolder();
    const refused = await citydc(['up'], { CITYDC_STATE: other, CITYDC_MIRROR: 'http://127.0.0.1:9/debian' });
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('the Debian package source cannot be reached') });
    expect(refused.stderr).toContain('CITYDC_MIRROR');
    expect(readdirSync(join(other, 'images'))).toEqual([]);
    expect(left()).toEqual(NOTHING);
  });

  test('up, interrupted with Ctrl-C while it waits, leaves a city that the next up waits for', async () => {
    expect(await signalledAt(up, /^steady state: /m, 'SIGINT')).toMatchObject(INTERRUPTED);
    expect(await succeed(...up)).toContain('was up already, nothing changed');
  });

  test('after the machine was restarted, up makes the city anew', async () => {
    await succeed(...up);
    await restart(state);
    expect(await isSteady()).toBe(false);
    expect(await succeed(...up)).toContain('is up');
    expect(await isSteady()).toBe(true);
  });
});

/** What a restart of the machine does to a city: no process, no mount and no device is left, only what is on the disk. */
async function restart(state: string): Promise<void> {
  const inits = readdirSync(join(state, 'city', 'runc')).map(host => {
    const container = JSON.parse(readFileSync(join(state, 'city', 'runc', host, 'state.json'), 'utf8')) as { init_process_pid: number };
    return container.init_process_pid;
  });
  const keepers = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(resolve('dist/keeper.js')) && line.endsWith(` ${state}`))
    .map(line => Number.parseInt(line, 10));
  for (const pid of [...inits, ...keepers]) process.kill(pid, 'SIGKILL');
  await unmountBelow(join(state, 'city'));
}
