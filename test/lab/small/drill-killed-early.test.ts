/** A drill that is killed before the site's power returns, and one whose recovery is killed in each of its states. */

import { expect, test } from 'vitest';
import { RECOVERY_TRANSITIONS } from '../../../runbooks/drill/transitions.js';
import { citydc } from '../citydc.js';
import { CASE_TIMEOUT_MS, EARLY, expectRefusal, killedIn, runAndDie } from './killed-drill.js';
import { isSteady } from './small-city.js';

killedIn('a drill that is killed early', EARLY, () => {
  test(
    'killed in every state of its recovery, one after the other, it is recovered by the last',
    async () => {
      await runAndDie('observe');
      for (const transition of RECOVERY_TRANSITIONS) {
        const died = await citydc(['drill', 'recover', '--kill-after', transition]);
        expect(died, `${transition}: ${died.stderr}`).toMatchObject({ signal: 'SIGKILL' });
        // The last state closes the run: from there on nothing is left over.
        if (transition !== 'closed') await expectRefusal();
      }
      expect((await citydc(['drill', 'recover'])).code).toBe(0);
      expect(await isSteady()).toBe(true);
    },
    CASE_TIMEOUT_MS,
  );
});
