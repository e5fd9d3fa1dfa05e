/** The drill in the whole city, as it should go. It is killed and interrupted in small cities: `test/lab/small`. */

import { describe, expect, test } from 'vitest';
import { citydc } from './citydc.js';
import { noLab } from './no-lab.js';
import { fired, toldSince } from './notices.js';
import { demandPassed } from './passed.js';
import { quiet } from './prometheus.js';

const SUITE = 'in the running lab';
const since = Date.now();

describe.skipIf(noLab(SUITE)).sequential(SUITE, () => {
  test('a site loss passes', async () => {
    await demandPassed(() => citydc(['drill', 'run', 'site-loss', '--json']));
    expect((await citydc(['status'])).code).toBe(0);
  });

  // What hangs on the lost site is told by nobody: neither while it is away, nor while it comes back.
  test('all through it, the loss of the site was told and nothing else', async () => {
    await quiet('SiteDown');
    expect(new Set(fired(await toldSince(since)))).toEqual(new Set(['SiteDown s1']));
  });
});
