import { CsvError, parse } from 'csv-parse/sync';
import type { Position, Problem } from '../problem.js';
import { checkHeader } from './csv-header.js';

/** One line of a table, with where each of its cells stands. */
export interface CsvRow {
  readonly cells: Readonly<Record<string, string>>;
  at(column?: string): Position;
}

export interface CsvSource {
  readonly rows: readonly CsvRow[];
  readonly problems: readonly Problem[];
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/** Something wrong at a cell of a line. */
interface Flaw extends Required<Pick<Problem, 'rule' | 'message' | 'hint'>> {
  readonly line: number;
  readonly column: number;
}

/**
 * Parses a table whose first line names exactly these columns, in any order. Cells are trimmed; what spreadsheets leave empty to the right
 * of the last column is none.
 *
 * @param text with line feeds at the ends of its lines
 */
export function readCsv(file: string, text: string, columns: readonly string[]): CsvSource {
  const failed = (flaws: readonly Flaw[]): CsvSource => ({ rows: [], problems: flaws.map(problemOf) });
  const problemOf = ({ line, column, ...rest }: Flaw): Problem => ({
    path: file.split('/').at(-1) ?? file,
    at: { file, line, column },
    ...rest,
  });

  // the first line alone first: a file with another header is another file, whatever its size
  const head = parseRecords(text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1));
  if ('flaw' in head) return failed([head.flaw]);
  const [header] = head;
  const names = withoutEmptyEnd(header?.record.map(name => name.trim()) ?? []);
  const wrong = checkHeader(names, columns);
  if (wrong.length > 0)
    return failed(wrong.map(({ index, ...rest }) => ({ line: 1, column: columnAt(header?.raw ?? '', index), ...rest })));

  const records = parseRecords(text);
  if ('flaw' in records) return failed([records.flaw]);
  const body = records.slice(1);
  const flaws = body.flatMap(record => rowFlaws(record, names.length));
  const rows = body.filter(record => rowFlaws(record, names.length).length === 0).map(record => rowOf(file, record, names));
  return { rows, problems: flaws.map(problemOf) };
}

const withoutEmptyEnd = (cells: readonly string[]): readonly string[] =>
  cells.slice(0, cells.findLastIndex(cell => cell.trim() !== '') + 1);

function rowOf(file: string, { record, raw, info }: CsvRecord, names: readonly string[]): CsvRow {
  return {
    cells: Object.fromEntries(names.map((name, index) => [name, (record[index] ?? '').trim()])),
    at: column => ({ file, line: info.lines, column: columnAt(raw, column === undefined ? 0 : names.indexOf(column)) }),
  };
}

function rowFlaws({ record, raw, info }: CsvRecord, width: number): readonly Flaw[] {
  const at = (index: number) => ({ line: info.lines - newlines(raw), column: columnAt(raw, index) });
  const split = record.findIndex(cell => cell.includes('\n'));
  if (split !== -1)
    return [
      { ...at(split), rule: 'quoted-newline', message: 'a cell holds a line break', hint: 'one line a row: put the text on one line' },
    ];
  const { length } = withoutEmptyEnd(record);
  if (length <= width && record.length >= width) return [];
  const message = `the row has ${length > width ? length : record.length} cells, the header ${width}`;
  return [{ ...at(width), rule: 'cell-count', message, hint: 'add or remove commas, or quote a cell that contains one' }];
}

function parseRecords(text: string): readonly CsvRecord[] | { readonly flaw: Flaw } {
  try {
    return parse(text, {
      info: true,
      raw: true,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const hint = 'quote a whole cell, and double a quote inside it: "Sở ""A"""';
    return { flaw: { ...placeOf(error, text), rule: 'syntax', message: 'the quotes of this line do not pair', hint } };
  }
}

/** The parser stumbles long after a quote was left open: the first line with an odd number of quotes is the culprit. */
function placeOf(error: CsvError, text: string): { line: number; column: number } {
  const opened = text.split('\n').findIndex(line => line.split('"').length % 2 === 0) + 1;
  return { line: opened || Number(error.lines ?? 1), column: 1 };
}

const newlines = (raw: string): number => (raw.trimEnd().match(/\n/g) ?? []).length;

/** 1-based column where a cell starts in its line. */
function columnAt(raw: string, cell: number): number {
  let [quoted, seen, index] = [false, 0, 0];
  for (; index < raw.length && seen < cell; index += 1) {
    if (raw[index] === '"') quoted = !quoted;
    if (raw[index] === ',' && !quoted) seen += 1;
  }
  return Math.min(index, raw.trimEnd().length) + 1;
}
