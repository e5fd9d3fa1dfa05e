/** Files as spreadsheets, editors and other systems leave them are the same city. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INVENTORY_FILES, type InventoryFile, type InventoryFiles } from '../../infra/city/load/files.js';
import { load } from '../../infra/city/load/load.js';
import { DAY } from './day.js';
import { patched } from './patched.js';

const CITY = load(patched([]), DAY);
const isTable = (file: InventoryFile): boolean => file.endsWith('.csv');
const lines = (text: string, change: (line: string) => string): string => text.replace(/^.+$/gm, change);

/** What people's programs do to a file without meaning anything by it. The order is that in which they would come about. */
const HABITS: Readonly<Record<string, (text: string, file: InventoryFile) => string>> = {
  'quotes around every cell': (text, file) => (isTable(file) ? lines(text, quoted) : text),
  'empty columns to the right': (text, file) => (isTable(file) ? lines(text, line => `${line},,,`) : text),
  'empty rows at the end': (text, file) => (isTable(file) ? `${text},,,\n\n` : text),
  'accents beside their letters': text => text.normalize('NFD'),
  'no-break spaces': text => text.replace(/(?<=\d) (?=[GMk]bit)/g, '\u00a0'),
  'carriage returns and line feeds': text => text.replaceAll('\n', '\r\n'),
  'carriage returns alone': text => text.replaceAll('\r', '').replaceAll('\n', '\r'),
  'a byte order mark': text => `\ufeff${text}`,
};

/** A line that has quotes already stays as it is. */
const quoted = (line: string): string =>
  line.includes('"')
    ? line
    : line
        .split(',')
        .map(cell => `"${cell}"`)
        .join(',');

function withHabits(names: readonly string[]): InventoryFiles {
  const { folder, contents } = patched([]);
  const changed = (file: InventoryFile) =>
    Object.entries(HABITS)
      .filter(([name]) => names.includes(name))
      .reduce((text, [, habit]) => habit(text, file), Buffer.from(contents[file] ?? []).toString());
  return { folder, contents: Object.fromEntries(INVENTORY_FILES.map(file => [file, Buffer.from(changed(file))])) };
}

test.each(Object.keys(HABITS))('%s', name => expect(load(withHabits([name]), DAY)).toEqual(CITY));

test('all of them, in any combination', () =>
  fc.assert(fc.property(fc.subarray(Object.keys(HABITS)), names => void expect(load(withHabits(names), DAY)).toEqual(CITY))));
