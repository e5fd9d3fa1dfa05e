import type * as z from 'zod';
import { type CsvRow, type CsvSource, readCsv } from './csv.js';
import { entryOf, fieldsOf, type LoadContext, type LoadedEntry, reportUnknownAssumed } from './entry.js';
import type { Decoded } from './files.js';
import { IS_NUMBER } from './number.js';
import { TABLES, type Tables } from './schema.js';

/** One table, row by row: one broken row hides no other. */
export function readTable<K extends keyof Tables>(name: K, decoded: Decoded, reading: LoadContext): Tables[K] {
  const schema: z.ZodObject = TABLES[name];
  const source = sourceOf(decoded, fieldsOf(schema));
  source.problems.forEach(reading.report);
  const entries = source.rows.map(row => rowEntry(name, row, schema, reading));
  const complete = source.problems.length === 0 && entries.every(({ key }) => IS_NUMBER.test(key));
  return { entries, complete } as unknown as Tables[K];
}

const sourceOf = (decoded: Decoded, columns: readonly string[]): CsvSource =>
  'problem' in decoded ? { rows: [], problems: [decoded.problem] } : readCsv(decoded.file, decoded.text, columns);

/** An empty cell states nothing, so its key is absent. */
function rowEntry(name: string, { cells, at }: CsvRow, schema: z.ZodObject, reading: LoadContext): LoadedEntry<unknown> {
  const key = cells.number || '?';
  const stated = Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''));
  const where = { key, path: `${name}.${key}`, at: (field?: string) => at(field?.split('.')[0] || undefined) };
  const entry = entryOf(where, stated, schema, reading);
  reportUnknownAssumed(entry, fieldsOf(schema), reading.report);
  return entry;
}
