import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { covers, reportedIn, SKIPS, skippedParts, skipUnless } from './skips.js';

const LIST = [{ file: 'test/a.test.ts', name: 'the lab', reasons: ['needs root'] }];
afterEach(() => vi.restoreAllMocks());

test('a listed reason skips, and is reported', () => {
  const reported = vi.spyOn(console, 'warn').mockReturnValue();
  expect(skipUnless('the lab', 'needs root', LIST)).toBe(true);
  expect(reported).toHaveBeenCalledWith('skipped: test/a.test.ts: the lab: needs root');
});

test('without a reason nothing is skipped', () => expect(skipUnless('the lab', undefined, LIST)).toBe(false));

test('what the list does not name, and a reason that it does not give, are refused', () => {
  expect(() => skipUnless('the model', undefined, LIST)).toThrow("'the model' may not be skipped: test/skips.json does not list it");
  expect(() => skipUnless('the lab', 'is slow', LIST)).toThrow("'the lab' may not be skipped because it 'is slow'");
});

test('a suite in the list covers what is in it, in its own file only', () => {
  const [skip] = LIST;
  if (skip === undefined) throw new Error('the list is empty');
  expect(covers(skip, { file: 'test/a.test.ts', titles: ['the lab', 'comes up'] })).toBe(true);
  expect(covers(skip, { file: 'test/a.test.ts', titles: ['the model'] })).toBe(false);
  expect(covers(skip, { file: 'test/b.test.ts', titles: ['the lab', 'comes up'] })).toBe(false);
});

test('what was skipped is counted by part, with the reason that was reported', () => {
  const reported = reportedIn('something else\nskipped: test/a.test.ts: the lab: needs root\n', LIST);
  expect(reported).toEqual([{ file: 'test/a.test.ts', name: 'the lab', reason: 'needs root' }]);
  const skipped = ['comes up', 'goes down'].map(title => ({ file: 'test/a.test.ts', titles: ['the lab', title] }));
  expect(skippedParts(skipped, reported, LIST)).toEqual(["skipped: 2 of 'the lab' (test/a.test.ts): needs root"]);
  expect(skippedParts(skipped, [], LIST)).toEqual(["skipped: 2 of 'the lab' (test/a.test.ts): no reason was reported"]);
  expect(skippedParts([], reported, LIST)).toEqual([]);
});

test('the committed list names files that exist, each name once', () => {
  expect(SKIPS.filter(({ file }) => !existsSync(join(import.meta.dirname, '..', file)))).toEqual([]);
  expect(new Set(SKIPS.map(({ name }) => name)).size).toBe(SKIPS.length);
});
