/** The drill in the real lab: once as it should go, then killed in the states that it persists. Takes a quarter of an hour. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { RECOVERY_TRANSITIONS, RUN_TRANSITIONS, type Transition } from '../../runbooks/transitions.js';
import { CITYDC, citydc } from './citydc.js';
import { noLab } from './no-lab.js';
import { fired, toldSince } from './notices.js';
import { quiet } from './prometheus.js';

const CASE_TIMEOUT_MS = 600_000;
/** These leave a city behind as their neighbours do; `test/runbooks/engine.test.ts` is killed in every state. */
const ALIKE: readonly Transition[] = ['settle', 'collect', 'judge'];
const IN_THE_LAB = RUN_TRANSITIONS.filter(transition => !ALIKE.includes(transition));

const runAndDie = async (transition: Transition) =>
  expect(await citydc(['drill', 'run', 'site-loss', '--kill-after', transition])).toMatchObject({ signal: 'SIGKILL' });

async function expectRecovery() {
  const refusal = await citydc(['drill', 'run', 'site-loss']);
  expect(refusal).toMatchObject({ code: 3, stdout: '' });
  expect(refusal.stderr).toContain('next: citydc drill recover');
  const recovered = await citydc(['drill', 'recover']);
  expect(recovered, recovered.stderr).toMatchObject({ code: 0 });
  const status = await citydc(['status']);
  expect(status, status.stdout).toMatchObject({ code: 0 });
}

const SUITE = 'in the running lab';
const since = Date.now();

describe.skipIf(noLab(SUITE)).sequential(SUITE, () => {
  test(
    'a site loss passes',
    async () => {
      const { code, stdout, stderr } = await citydc(['drill', 'run', 'site-loss', '--json']);
      expect(code, `${stderr}\n${stdout.slice(0, 4000)}`).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass' });
      expect((await citydc(['status'])).code).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'while a site is off nobody else changes the city; Ctrl-C brings the site back, and the run is aborted',
    async () => {
      const child = spawn(process.execPath, [CITYDC, 'drill', 'run', 'site-loss', '--json'], { detached: true });
      const closed = once(child, 'close');
      let stdout = '';
      child.stdout.on('data', (part: Buffer) => {
        stdout += part.toString();
      });
      let told = '';
      const observing = new Promise<void>(resolve => {
        child.stderr.on('data', (part: Buffer) => {
          told += part.toString();
          if (told.includes('state: observe')) resolve();
        });
      });
      await Promise.race([observing, closed]);
      for (const meddling of [['fault', 'heal'], ['down'], ['up']])
        expect(await citydc(meddling)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('is running') });
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await closed;
      expect(JSON.parse(stdout), told).toMatchObject({ verdict: 'aborted', brokenOff: 'interrupted by SIGINT' });
      expect((await citydc(['status'])).code).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  test.each(IN_THE_LAB)(
    "killed in '%s', it is recovered",
    async transition => {
      await runAndDie(transition);
      await expectRecovery();
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'killed in every state of its recovery, one after the other, it is recovered by the last',
    async () => {
      await runAndDie('observe');
      for (const transition of RECOVERY_TRANSITIONS) {
        const died = await citydc(['drill', 'recover', '--kill-after', transition]);
        expect(died, `${transition}: ${died.stderr}`).toMatchObject({ signal: 'SIGKILL' });
        // The last state closes the run: from there on nothing is left over.
        if (transition !== 'closed') expect(await citydc(['drill', 'run', 'site-loss'])).toMatchObject({ code: 3, stdout: '' });
      }
      expect((await citydc(['drill', 'recover'])).code).toBe(0);
      expect((await citydc(['status'])).code).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  // What hangs on the lost site is told by nobody: neither while it is away, nor while it comes back.
  test('all through it, the loss of the site was told and nothing else', async () => {
    await quiet();
    expect(new Set(fired(await toldSince(since)))).toEqual(new Set(['SiteDown s1']));
  });
});
