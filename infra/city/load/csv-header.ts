import type { Problem } from '../problem.js';
import { listed, shown, wordHint } from './hint.js';

/** Something wrong with one cell of a header. */
interface HeaderFlaw extends Required<Pick<Problem, 'rule' | 'message' | 'hint'>> {
  readonly index: number;
}

/** What is wrong with the first line of a table that must name exactly these columns. */
export function checkHeader(names: readonly string[], columns: readonly string[]): readonly HeaderFlaw[] {
  if (names.length === 1 && names[0]?.includes(';')) return [separatedBy("';'")];
  if (names.length === 1 && names[0]?.includes('\t')) return [separatedBy('tabs')];
  return [...unknown(names, columns), ...twice(names), ...missing(names, columns)];
}

const separatedBy = (what: string): HeaderFlaw => ({
  index: 0,
  rule: 'separator',
  message: `the cells are separated by ${what}`,
  hint: "save the file with ',' between cells",
});

function unknown(names: readonly string[], columns: readonly string[]): readonly HeaderFlaw[] {
  const absent = columns.filter(column => !names.includes(column));
  return names
    .map((name, index) => ({ index, name }))
    .filter(({ name }) => !columns.includes(name))
    .map(({ index, name }) => ({
      index,
      rule: 'unknown-column',
      message: `unknown column ${shown(name)}`,
      hint: absent.length === 0 ? 'remove it' : wordHint(name, absent),
    }));
}

function twice(names: readonly string[]): readonly HeaderFlaw[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ index, rule: 'duplicate-column', message: `the column ${shown(name)} is given twice`, hint: 'remove one' }];
  });
}

const missing = (names: readonly string[], columns: readonly string[]): readonly HeaderFlaw[] =>
  columns
    .filter(column => !names.includes(column))
    .map(column => ({
      index: 0,
      rule: 'missing-column',
      message: `the column '${column}' is missing`,
      hint: `the columns are ${listed(columns)}`,
    }));
