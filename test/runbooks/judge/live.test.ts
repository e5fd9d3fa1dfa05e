import { expect, test } from 'vitest';
import { isGood } from '../../../runbooks/judge/live.js';

const second = { ok: 1, fail: 0, unknown: 0, skipped: 0, lastOkMs: 9000 };

test('good answers and nothing else', () => {
  expect(isGood(second, 10_000)).toBe(true);
  for (const bad of ['fail', 'unknown', 'skipped']) expect(isGood({ ...second, [bad]: 1 }, 10_000)).toBe(false);
});
test('a second without an answer between two good ones is good', () => expect(isGood({ ...second, ok: 0 }, 10_000)).toBe(true));
test('silence is not good', () => {
  expect(isGood({ ...second, ok: 0 }, 12_000)).toBe(false);
  expect(isGood({ ok: 0, fail: 0, unknown: 0, skipped: 0 }, 10_000)).toBe(false);
});
