import { expect, test } from 'vitest';
import { createLog } from '../../../agents/ward/log.js';
import { troubles } from '../../../agents/ward/troubles.js';

function logging() {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  return {
    lines,
    clock,
    log: createLog(
      line => lines.push(line),
      () => clock.nowMs,
    ),
  };
}

test('the same line comes once a minute, and then says how often it was held back', () => {
  const { lines, clock, log } = logging();
  for (clock.nowMs = 0; clock.nowMs <= 60_000; clock.nowMs += 1000) log('warn', 'push to s1: unreachable');
  log('info', 'push to s1: unreachable');
  expect(lines).toEqual([
    'warn push to s1: unreachable',
    'warn push to s1: unreachable (held back 59 times)',
    'info push to s1: unreachable',
  ]);
});

test('an event is one line', () => {
  const { lines, log } = logging();
  log('error', 'bug: at a\nat b');
  expect(lines).toEqual(['error bug: at a at b']);
});

test('a flood of different lines is not remembered for ever', () => {
  const { lines, log } = logging();
  for (let number = 0; number <= 200; number += 1) log('info', `line ${number}`);
  log('info', 'line 0');
  log('info', 'line 200');
  expect(lines.slice(-2)).toEqual(['info line 200', 'info line 0']);
});

test('trouble is reported when it comes, changes and goes', () => {
  const { lines, log } = logging();
  const report = troubles(log);
  for (const trouble of [undefined, 'refused', 'refused', 'no answer', undefined, undefined]) report('system portal', trouble);
  expect(lines).toEqual(['warn system portal: refused', 'warn system portal: no answer', 'info system portal: healthy again']);
});
