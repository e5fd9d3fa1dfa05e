import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outagesIn } from '../../../runbooks/judge/outage.js';
import type { Request } from '../../../runbooks/judge/requests.js';
import { longestOutageSeconds } from '../longest-outage.js';

const INTERVAL_MS = 500;
type Mark = '.' | 'x' | '?' | 's' | 'L';

/** One mark a request, every half second: `.` prompt, `x` failed, `?` unknown after 10 s, `s` skipped, `L` succeeded after 2.5 s. */
const drawn = (marks: string): readonly Request[] =>
  [...marks].map((mark, index) => {
    const dueMs = index * INTERVAL_MS;
    const [outcome, doneMs] = OF_MARK[mark as Mark](dueMs);
    return { sequence: index + 1, dueMs, outcome, doneMs };
  });
const OF_MARK: Record<Mark, (dueMs: number) => [Request['outcome'], number | undefined]> = {
  '.': dueMs => ['ok', dueMs + 10],
  x: dueMs => ['fail', dueMs + 1000],
  '?': dueMs => ['unknown', dueMs + 10_000],
  s: () => ['skipped', undefined],
  L: dueMs => ['ok', dueMs + 2500],
};
const GOOD = '..........';

describe('outagesIn', () => {
  test('none when all is prompt', () => expect(outagesIn(drawn(GOOD))).toEqual([]));
  test('from the first bad request being due to the first prompt answer', () =>
    expect(outagesIn(drawn(`..xx${GOOD}`))).toMatchObject([{ fromMs: 1000, toMs: 2010 }]));
  test.each([
    ['x', 2000],
    ['?', 3000],
    ['s', 1000],
  ])('%s is bad, and known to be so at %d', (mark, noticedMs) =>
    expect(outagesIn(drawn(`..${mark}${GOOD}`))).toEqual([{ fromMs: 1000, noticedMs, toMs: 1510 }]),
  );
  test('a late success is part of it, up to its answer', () =>
    expect(outagesIn(drawn(`..LL${GOOD}`))).toEqual([{ fromMs: 1000, noticedMs: 3000, toMs: 4000 }]));
  test('flapping is one long outage', () => expect(outagesIn(drawn(`..x...x${GOOD}`))).toMatchObject([{ fromMs: 1000, toMs: 3510 }]));
  test('after three good seconds the next one is another', () =>
    expect(outagesIn(drawn(`..x........x${GOOD}`))).toMatchObject([
      { fromMs: 1000, toMs: 1510 },
      { fromMs: 5500, toMs: 6010 },
    ]));
  test('without recovery it never ends', () =>
    expect(outagesIn(drawn('..xxx'))).toMatchObject([{ fromMs: 1000, toMs: Number.POSITIVE_INFINITY }]));
});

describe('longestOutageSeconds', () => {
  const longest = (marks: string, fromMs: number, toMs: number) => longestOutageSeconds(drawn(marks), INTERVAL_MS, { fromMs, toMs });
  test('counts only what overlaps the window', () => {
    expect(longest(`..x${GOOD}xxxx${GOOD}`, 0, 5000)).toBe(0.51);
    expect(longest(`..x${GOOD}xxxx${GOOD}`, 6000, 10_000)).toBe(2.01);
  });
  test('an outage that began just before the fault was seen belongs to it', () => expect(longest(`..xxxx${GOOD}`, 1200, 5000)).toBe(2.01));
  test('0 when nothing was seen', () => expect(longest(GOOD, 1000, 4000)).toBe(0));
  test('never when nothing came back', () => expect(longest(`${GOOD}xxxxxxxxxx`, 1000, 9000)).toBe('never'));
  test.each([
    ['began late', 'unmeasured', drawn(GOOD).slice(4)],
    ['ended early', 'unmeasured', drawn(GOOD).slice(0, 3)],
    ['has a hole', 'unmeasured', [...drawn(GOOD).slice(0, 3), ...drawn(`${GOOD}`).slice(8)]],
    ['is empty', 'unmeasured', []],
  ])('a client that %s measured nothing', (_what, expected, requests) =>
    expect(longestOutageSeconds(requests, INTERVAL_MS, { fromMs: 1000, toMs: 4500 })).toBe(expected),
  );
});

// A late success is the worst of all: it lasts until its answer, and joins what comes soon after that.
test('a failure in place of anything but a late success never makes a shorter outage', () => {
  const marks = fc.array(fc.constantFrom<Mark>('.', '.', '.', 'x', '?', 's', 'L'), { minLength: 4, maxLength: 60 });
  fc.assert(
    fc.property(marks, fc.nat(), (before, at) => {
      fc.pre(before[at % before.length] !== 'L');
      const after = before.with(at % before.length, 'x');
      const window = { fromMs: 0, toMs: before.length * INTERVAL_MS };
      const length = (list: readonly Mark[]) => longestOutageSeconds(drawn(`${list.join('')}${GOOD}`), INTERVAL_MS, window);
      expect(Number(length(after))).toBeGreaterThanOrEqual(Number(length(before)));
    }),
  );
});
