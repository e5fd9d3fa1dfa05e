/** The drill in the whole city, as it should go. It is killed and interrupted in small cities: `test/lab/small`. */

import { describe, expect, test } from 'vitest';
import { citydc } from './citydc.js';
import { noLab } from './no-lab.js';
import { fired, reportedSince } from './notices.js';
import { demandPassed } from './passed.js';
import { quiet } from './prometheus.js';

const SUITE = 'in the running lab';
const since = Date.now();

describe.skipIf(noLab(SUITE)).sequential(SUITE, () => {
  test('a site loss passes', async () => {
    await demandPassed(() => citydc(['drill', 'run', 'site-loss', '--json']));
    expect((await citydc(['status'])).code).toBe(0);
  });

  // What hangs on the lost site is notified by neither monitor: neither while it is away, nor while it comes back.
  test('all through it, the loss of the site was notified and nothing else', async () => {
    await quiet('SiteDown');
    expect(new Set(fired(await reportedSince(since)))).toEqual(new Set(['SiteDown s1']));
  });
});
