/** The table of findings: every one in every realisation is closed by a test that is there, does not apply for a reason, or is said to be open. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const FINDINGS = Array.from({ length: 18 }, (_, index) => `S${index + 1}`);
/** Of another time: backups, evidence, and that an attack is seen. */
const NEXT_ISSUE = ['S1', 'S6', 'S7', 'S9'];

const rows = readFileSync(join(ROOT, 'infra/fabric/SECURITY.md'), 'utf8')
  .split('\n')
  .filter(line => /^\| S\d/.test(line))
  .map(line => line.split('|').map(cell => cell.trim()))
  .map(([, number = '', , ...cells]) => ({ number, cells: cells.slice(0, 3) }));

/** What one statement of a cell lacks. */
function lacks(statement: string): string | undefined {
  if (/^(?:open|next issue)$/.test(statement) || /^(?:open|does not apply): ./.test(statement)) return undefined;
  if (!/^closed(?: as far as the stack says)?: /.test(statement)) return 'neither closed, open, next issue nor a reason';
  const files = [...statement.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, file = '']) => file);
  if (files.length === 0) return 'closed by no test';
  return files.find(file => !existsSync(join(ROOT, file)));
}

test('every finding stands there once, with the three realisations', () => {
  expect(rows.map(({ number }) => number)).toEqual(FINDINGS);
  expect(rows.filter(({ cells }) => cells.length !== 3 || cells.some(cell => cell === ''))).toEqual([]);
});

test('what is closed names tests that are there; what is not says so', () => {
  const faults = rows.flatMap(({ number, cells }) =>
    cells.flatMap(cell =>
      cell.split('; ').flatMap(each => {
        const fault = lacks(each);
        return fault === undefined ? [] : [`${number}: ${each}: ${fault}`];
      }),
    ),
  );
  expect(faults).toEqual([]);
});

test('only what is of the next issue waits for it', () =>
  expect(rows.filter(({ cells }) => cells.includes('next issue')).map(({ number }) => number)).toEqual(NEXT_ISSUE));
