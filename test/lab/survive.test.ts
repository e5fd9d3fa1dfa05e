/** `up` and `down`, killed wherever they are; and what is left of a city that is gone. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { unmountBelow } from '../../infra/image/mounts.js';
import { traces } from '../bench/traces.js';
import { temporaryFolder } from '../temporary-folder.js';
import { CITYDC, citydc, succeed } from './citydc.js';
import { noLab } from './no-lab.js';

/** Every stage that `up` tells of between nothing and a city that is well, and `down` on its way back. */
const HALF_STARTED = /^hosts \d{2,}\//m;
const UP_STAGES = [/^namespaces /m, /^wires /m, /^hosts 1\//m, HALF_STARTED, /^steady state: \d\//m, /^steady state: (1\d|2[0-2])\//m];
const DOWN_STAGES = [/^ending hosts /m, /^removing files /m];

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to stderr. */
  readonly words: string;
}

/** Runs a command and, as soon as it tells of a stage, kills it alone, or interrupts it and all that belongs to it, as Ctrl-C does. */
function signalledAt(command: 'up' | 'down', stage: RegExp, signalSent: NodeJS.Signals): Promise<Ending> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [CITYDC, command], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let told = '';
    let sent = false;
    child.stderr.on('data', (part: Buffer) => {
      told += part.toString();
      if (sent || !stage.test(told)) return;
      sent = true;
      if (signalSent === 'SIGINT') process.kill(-(child.pid ?? 0), signalSent);
      else child.kill(signalSent);
    });
    child.on('close', (code, signal) => resolve({ code, signal, words: told }));
  });
}

/** Whether the stage was reached, where it ends for good. */
const killedAt = async (command: 'up' | 'down', stage: RegExp): Promise<boolean> =>
  (await signalledAt(command, stage, 'SIGKILL')).signal === 'SIGKILL';

const INTERRUPTED = { code: 3, signal: null, words: expect.stringMatching(/^error: interrupted by SIGINT\n {2}hint: /m) };
const NOTHING = { mounts: [], processes: [], devices: [], listeners: [], controlGroups: [] };

describe.skipIf(noLab('a command that is killed')).sequential('a command that is killed', () => {
  afterAll(() => succeed('up'));

  test('down leaves nothing, and says so the second time', async () => {
    await succeed('down');
    expect(traces()).toEqual(NOTHING);
    expect(existsSync('.citydc/city')).toBe(false);
    expect(await succeed('down')).toBe('no city was up\n');
  });

  test.each(UP_STAGES)('up, killed at %s, is taken down', async stage => {
    expect(await killedAt('up', stage)).toBe(true);
    await succeed('down');
    expect(traces()).toEqual(NOTHING);
  });

  test('up, killed while hosts start, is brought up by the next', async () => {
    expect(await killedAt('up', HALF_STARTED)).toBe(true);
    expect((await citydc(['status'])).code).toBe(3);
    expect(await succeed('up')).toContain('is up');
    expect((await citydc(['status'])).code).toBe(0);
  });

  test.each(DOWN_STAGES)('down, killed at %s, is finished by the next', async stage => {
    await citydc(['up', '--deadline', '1']);
    expect(await killedAt('down', stage)).toBe(true);
    await succeed('down');
    expect(traces()).toEqual(NOTHING);
  });

  test('without a package source, up names it and leaves nothing half done', async () => {
    const state = temporaryFolder();
    const refused = await citydc(['up'], { CITYDC_STATE: state, CITYDC_MIRROR: 'http://127.0.0.1:9/debian' });
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('the Debian package source cannot be reached') });
    expect(refused.stderr).toContain('CITYDC_MIRROR');
    expect(readdirSync(join(state, 'images'))).toEqual([]);
    expect(traces()).toEqual(NOTHING);
  });

  test('up, interrupted with Ctrl-C while hosts start, undoes what it began', async () => {
    expect(await signalledAt('up', HALF_STARTED, 'SIGINT')).toEqual(INTERRUPTED);
    expect(traces()).toEqual(NOTHING);
  });

  test('up, interrupted with Ctrl-C while it waits, leaves a city that the next up waits for', async () => {
    expect(await signalledAt('up', /^steady state: /m, 'SIGINT')).toEqual(INTERRUPTED);
    expect(await succeed('up')).toContain('was up already, nothing changed');
  });

  test('after the machine was restarted, up makes the city anew', async () => {
    await succeed('up');
    await restart();
    expect((await citydc(['status'])).code).not.toBe(0);
    expect(await succeed('up')).toContain('is up');
    expect((await citydc(['status'])).code).toBe(0);
  });
});

/** What a restart of the machine does to a city: no process, no mount and no device is left, only what lies on the disk. */
async function restart(): Promise<void> {
  const inits = readdirSync('.citydc/city/runc').map(host => {
    const state = JSON.parse(readFileSync(join('.citydc/city/runc', host, 'state.json'), 'utf8')) as { init_process_pid: number };
    return state.init_process_pid;
  });
  const keepers = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(resolve('dist/keeper.js')))
    .map(line => Number.parseInt(line, 10));
  for (const pid of [...inits, ...keepers]) process.kill(pid, 'SIGKILL');
  await unmountBelow(resolve('.citydc/city'));
}
