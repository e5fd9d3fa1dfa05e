import { expect, test } from 'vitest';
import { describeUp } from '../../infra/cli/describe-up.js';
import type { UpResult } from '../../infra/fabric/realisation.js';
import { smallCity } from '../site/cities.js';

const machine = { host: 'e77', limitMs: 250, atMs: 1, lateMs: 412 };
const late = [{ check: 'routes/n67', state: 'late', detail: 'no BGP session' }] as const;
const LATE_MACHINE = 'machine: late by up to 412 ms while the city came up: the cause of what is late may be the machine, not the city\n';
const up: UpResult = {
  ...{ city: smallCity, did: 'toy is up: 46 hosts', late: [], machine: undefined, facts: {}, again: 'citydc up toy' },
  pages: [{ name: 'Prometheus', host: 's1-monitor1', url: 'http://127.0.0.1:9090/' }],
  next: [
    ['citydc status', 'what is healthy'],
    ['npm stop', 'take it down'],
  ],
};
const lines = (more: Partial<UpResult>) => describeUp({ ...up, ...more }, 'citydc');

test('a healthy city: what was done, where its pages are, what to try next', () =>
  expect(lines({})).toBe(`toy is up: 46 hosts
steady state: all checks hold

Prometheus    s1-monitor1  http://127.0.0.1:9090/

Try next:
  citydc status   what is healthy
  npm stop        take it down
`));

test('what is late comes with the commands that show it and wait again, and nothing to try', () => {
  expect(lines({ late })).toContain(
    'late: routes/n67: no BGP session\nnext: `citydc status` shows what is late; `citydc up toy` waits again\n',
  );
  expect(lines({ late })).not.toContain('Try next');
});

test('up says that the machine was late where something else is, and not as an excuse for what is healthy', () => {
  expect(lines({ late, machine })).toContain(LATE_MACHINE);
  for (const text of [lines({ machine }), lines({ late })]) expect(text).not.toContain('machine:');
});
