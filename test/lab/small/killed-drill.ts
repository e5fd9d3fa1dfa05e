/** What every kill test of a drill demands. */

import { describe, expect, test } from 'vitest';
import { RUN_TRANSITIONS, type Transition } from '../../../runbooks/drill/transitions.js';
import { NIGHTLY } from '../../nightly.js';
import { citydc, succeed } from '../citydc.js';
import { fired, reportedSince } from '../notices.js';
import { quiet } from '../prometheus.js';
import { isSteady, noSmallCity, smallCity } from './small-city.js';

export const CASE_TIMEOUT_MS = 600_000;

/** These leave a city behind as their neighbours do; `test/runbooks/drill/engine.test.ts` is killed in every state. */
const ALIKE: readonly Transition[] = NIGHTLY
  ? []
  : ['settle', 'collect', 'judge', 'precheck', 'steady-state', 'baseline', 'restore', 'stop-clients'];
const POWER_RETURNS = RUN_TRANSITIONS.indexOf('heal');
const AFTERWARDS = RUN_TRANSITIONS.indexOf('switch-back');
const some = (transitions: readonly Transition[]): readonly Transition[] => transitions.filter(each => !ALIKE.includes(each));
export const EARLY = some(RUN_TRANSITIONS.slice(0, POWER_RETURNS));
export const RETURNING = some(RUN_TRANSITIONS.slice(POWER_RETURNS, AFTERWARDS));
export const LATE = some(RUN_TRANSITIONS.slice(AFTERWARDS));

const RUN = ['drill', 'run', 'site-loss'] as const;

export const runAndDie = async (transition: Transition): Promise<void> =>
  expect(await citydc([...RUN, '--kill-after', transition])).toMatchObject({ signal: 'SIGKILL' });

export const expectRefusal = async (): Promise<void> => {
  const refusal = await citydc(RUN);
  expect(refusal).toMatchObject({ code: 3, stdout: '' });
  expect(refusal.stderr).toContain('next: citydc drill recover');
};

/**
 * A suite of kills in a small city of its own, closed by a look at what was notified all through it.
 *
 * @param more tests of the same city, run before
 */
export function killedIn(suite: string, transitions: readonly Transition[], more: () => void = () => undefined): void {
  describe.skipIf(noSmallCity(suite)).sequential(suite, () => {
    const since = Date.now();
    const { up } = smallCity(suite.replaceAll(' ', '-'));

    test('the city comes up', async () => expect(await succeed(...up)).toContain('is up'), CASE_TIMEOUT_MS);

    more();

    test.each(transitions)(
      "killed in '%s', it is recovered",
      async transition => {
        await runAndDie(transition);
        await expectRefusal();
        const recovered = await citydc(['drill', 'recover']);
        expect(recovered, recovered.stderr).toMatchObject({ code: 0 });
        expect(await isSteady()).toBe(true);
      },
      CASE_TIMEOUT_MS,
    );

    // What hangs on the lost site is notified by neither monitor: neither while it is away, nor while it comes back.
    // A site that is back within seconds may not be notified either.
    test('all through it, nothing but the loss of the site was notified', async () => {
      await quiet('SiteDown');
      expect(fired(await reportedSince(since)).filter(notice => notice !== 'SiteDown s1')).toEqual([]);
    });
  });
}
