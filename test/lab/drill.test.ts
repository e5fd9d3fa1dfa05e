/** The drill in the real lab: once as it should go, then killed in every state that it persists. Takes a quarter of an hour. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RECOVERY_TRANSITIONS, RUN_TRANSITIONS, type Transition } from '../../runbooks/transitions.js';
import { skipUnless } from '../skips.js';

const CITYDC = 'dist/citydc.js';
const CASE_TIMEOUT_MS = 600_000;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const citydc = (...args: readonly string[]): Promise<Ended> =>
  new Promise(resolve => {
    const child = execFile(process.execPath, [CITYDC, ...args], { maxBuffer: 64 << 20 }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    );
  });

/** The lab needs root, and a city that somebody has brought up: these tests break it and repair it, and leave it as they found it. */
const isUp = existsSync(CITYDC) && process.getuid?.() === 0 && (await citydc('status')).code === 0;

const runAndDie = async (transition: Transition) =>
  expect(await citydc('drill', 'run', 'site-loss', '--kill-after', transition)).toMatchObject({ signal: 'SIGKILL' });

async function expectRecovery() {
  const refusal = await citydc('drill', 'run', 'site-loss');
  expect(refusal).toMatchObject({ code: 3, stdout: '' });
  expect(refusal.stderr).toContain('next: citydc drill recover');
  const recovered = await citydc('drill', 'recover');
  expect(recovered, recovered.stderr).toMatchObject({ code: 0 });
  const status = await citydc('status');
  expect(status, status.stdout).toMatchObject({ code: 0 });
}

const SUITE = 'in the running lab';
const noLab = isUp ? undefined : 'needs root and a city that is up: run `npm start`';

describe.skipIf(skipUnless(SUITE, noLab)).sequential(SUITE, () => {
  test(
    'a site loss passes',
    async () => {
      const { code, stdout, stderr } = await citydc('drill', 'run', 'site-loss', '--json');
      expect(code, `${stderr}\n${stdout.slice(0, 4000)}`).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass' });
      expect((await citydc('status')).code).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  test.each(RUN_TRANSITIONS)(
    "killed in '%s', it is recovered",
    async transition => {
      await runAndDie(transition);
      await expectRecovery();
    },
    CASE_TIMEOUT_MS,
  );

  test.each(RECOVERY_TRANSITIONS)(
    "killed in '%s' of its recovery, it is recovered by the next",
    async transition => {
      await runAndDie('observe');
      expect(await citydc('drill', 'recover', '--kill-after', transition)).toMatchObject({ signal: 'SIGKILL' });
      await expectRecovery();
    },
    CASE_TIMEOUT_MS,
  );
});
