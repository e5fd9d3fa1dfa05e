/** A drill that is killed while the site comes back, and one that is interrupted while the site is off. */

import { expect, test } from 'vitest';
import { citydc, signalledAt } from '../citydc.js';
import { CASE_TIMEOUT_MS, killedIn, RETURNING } from './killed-drill.js';
import { isSteady } from './small-city.js';

const MEDDLING = [['fault', 'heal'], ['down'], ['up']] as const;

killedIn('a drill that is killed while the site returns', RETURNING, () => {
  test(
    'while a site is off no other command changes the city; Ctrl-C brings the site back, and the run is aborted',
    async () => {
      const { stdout, stderr } = await signalledAt(['drill', 'run', 'site-loss', '--json'], /state: observe/, 'SIGINT', async () => {
        for (const words of MEDDLING)
          expect(await citydc(words)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('is running') });
      });
      expect(JSON.parse(stdout), stderr).toMatchObject({ verdict: 'aborted', brokenOff: 'interrupted by SIGINT' });
      expect(await isSteady()).toBe(true);
    },
    CASE_TIMEOUT_MS,
  );
});
