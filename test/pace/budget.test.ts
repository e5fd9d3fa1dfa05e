import { expect, test } from 'vitest';
import { type Budgets, budgetsFrom, overBudget, slowestLines, withoutBudget } from './budget.js';

const FLOOR = 0.1;
const budgets: Budgets = { schema: 1, files: { 'a.test.ts': { floors: 100, seconds: 10 }, 'gone.test.ts': { floors: 1, seconds: 1 } } };
const took = (seconds: number, file = 'a.test.ts') => [{ file, seconds }];
const over = (seconds: number, floorSeconds = FLOOR) => overBudget(took(seconds), budgets, floorSeconds).length;

test('half as much again is within the budget, more is not', () => expect([over(15), over(15.1)]).toEqual([0, 1]));

test('a slower machine has its own floor: as many floors may take longer', () => expect([over(29, 0.2), over(31, 0.2)]).toEqual([0, 1]));

test('on a faster machine what waits for the clock waits as long', () => expect([over(14, 0.05), over(16, 0.05)]).toEqual([0, 1]));

test('what takes next to nothing is never over, and what has no budget is listed separately', () => {
  const small: Budgets = { schema: 1, files: { 'a.test.ts': { floors: 1, seconds: 0.1 } } };
  expect(overBudget(took(2.9), small, FLOOR)).toEqual([]);
  expect(overBudget(took(3.1), small, FLOOR)).toHaveLength(1);
  expect(overBudget(took(99, 'new.test.ts'), budgets, FLOOR)).toEqual([]);
  expect(withoutBudget([...took(1), ...took(2, 'new.test.ts')], budgets)).toEqual(took(2, 'new.test.ts'));
});

test('written anew: the files of the run, those that were not run as they were, and none that is gone', () => {
  const before: Budgets = { schema: 1, files: { ...budgets.files, 'z.test.ts': { floors: 7, seconds: 0.7 } } };
  const next = budgetsFrom([...took(1.23, 'new.test.ts'), ...took(4)], before, FLOOR, file => file !== 'gone.test.ts');
  expect(Object.entries(next.files)).toEqual([
    ['a.test.ts', { floors: 40, seconds: 4 }],
    ['new.test.ts', { floors: 13, seconds: 1.3 }],
    ['z.test.ts', { floors: 7, seconds: 0.7 }],
  ]);
});

test('the slowest come first, twenty of them', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ file: `${index}.test.ts`, seconds: index }));
  const lines = slowestLines(many, budgets, FLOOR);
  expect(lines).toHaveLength(20);
  expect(lines[0]).toBe('     29.0 s      290 of ? floors  29.test.ts');
});
