import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCity } from '../../infra/city/check.js';
import type { InventoryFiles } from '../../infra/city/load/files.js';
import { loadLocated } from '../../infra/city/load/load.js';
import { formatProblem, InputError, type Problem } from '../../infra/city/problem.js';
import { DAY } from './day.js';
import { patched } from './patched.js';

const folder = (path: string) => new URL(`../errors/${path}`, import.meta.url);
const broken = readdirSync(folder('.')).filter(name => existsSync(folder(`${name}/patch.json`)));

/** Anything but an InputError is a bug, and fails the test with its stack. */
function problemsOf(files: InventoryFiles): readonly Problem[] {
  try {
    const { city, locate } = loadLocated(files, DAY);
    return checkCity(city, '2026-06-01', locate).problems;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

test('the base city has no problems', () => expect(problemsOf(patched([]))).toEqual([]));

test('there are enough broken inventories', () => expect(broken.length).toBeGreaterThanOrEqual(25));

test.each(broken)('%s', async name => {
  const problems = problemsOf(patched(JSON.parse(readFileSync(folder(`${name}/patch.json`), 'utf8'))));
  expect(problems.every(({ at, hint }) => at !== undefined && hint !== undefined)).toBe(true);
  await expect(`${problems.map(formatProblem).join('\n')}\n`).toMatchFileSnapshot(`../errors/${name}/expected.txt`);
});
