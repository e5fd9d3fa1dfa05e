import { CsvError, parse } from 'csv-parse/sync';
import type { Position, Problem } from '../problem.js';
import { listed, shown, wordHint } from './hint.js';

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

/** Parses a table whose first line names exactly these columns, in any order. Cells are trimmed. */
export function readCsv(file: string, text: string, columns: readonly string[]): CsvSource {
  const path = file.split('/').at(-1) ?? file;
  const problem = (at: { line: number; column: number }, rule: string, message: string, hint: string): Problem => ({
    rule,
    path,
    message,
    hint,
    at: { file, ...at },
  });
  const broken: Problem[] = [];
  const records = parseRecords(text, error =>
    broken.push(problem(placeOf(error, text), 'syntax', 'the quotes of this line do not pair', QUOTE_HINT)),
  );
  const [header, ...body] = records;
  if (header === undefined) return { rows: [], problems: broken };
  const names = header.record.map(name => name.trim());
  const headerProblems = checkHeader(names, columns).map(({ index, ...rest }) =>
    problem({ line: 1, column: columnAt(header.raw, index) }, rest.rule, rest.message, rest.hint),
  );
  if (headerProblems.length > 0) return { rows: [], problems: [...broken, ...headerProblems] };

  const problems = body.flatMap(({ record, raw, info }) => {
    const at = (index: number) => ({ line: info.lines - newlines(raw), column: columnAt(raw, index) });
    const split = record.findIndex(cell => /[\r\n]/.test(cell));
    if (split !== -1)
      return [problem(at(split), 'quoted-newline', 'a cell holds a line break', 'one line a row: put the text on one line')];
    if (record.length === names.length) return [];
    return [
      problem(
        at(names.length),
        'cell-count',
        `the row has ${record.length} cells, the header ${names.length}`,
        'add or remove commas, or quote a cell that contains one',
      ),
    ];
  });
  const rows = body
    .filter(({ record }) => record.length === names.length && !record.some(cell => /[\r\n]/.test(cell)))
    .map(({ record, raw, info }) => ({
      cells: Object.fromEntries(names.map((name, index) => [name, (record[index] ?? '').trim()])),
      at: (column?: string) => ({ file, line: info.lines, column: columnAt(raw, column === undefined ? 0 : names.indexOf(column)) }),
    }));
  return { rows, problems: [...broken, ...problems] };
}

const QUOTE_HINT = 'quote a whole cell, and double a quote inside it: "Sở ""A"""';

function parseRecords(text: string, onError: (error: CsvError) => void): readonly CsvRecord[] {
  try {
    return parse(text, {
      info: true,
      raw: true,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    onError(error);
    return [];
  }
}

/** The parser stumbles long after a quote was left open: the first line with an odd number of quotes is the culprit. */
function placeOf(error: CsvError, text: string): { line: number; column: number } {
  const opened = text.split('\n').findIndex(line => line.split('"').length % 2 === 0) + 1;
  return { line: opened || Number(error.lines ?? 1), column: 1 };
}

function checkHeader(names: readonly string[], columns: readonly string[]) {
  if (names.length === 1 && names[0]?.includes(';'))
    return [{ index: 0, rule: 'separator', message: "the cells are separated by ';'", hint: "save the file with ',' between cells" }];
  const unknown = names.flatMap((name, index) =>
    columns.includes(name)
      ? []
      : [
          {
            index,
            rule: 'unknown-column',
            message: `unknown column ${shown(name)}`,
            hint: wordHint(
              name,
              columns.filter(column => !names.includes(column)),
            ),
          },
        ],
  );
  const twice = names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ index, rule: 'duplicate-column', message: `the column ${shown(name)} is given twice`, hint: 'remove one' }],
  );
  const missing = columns
    .filter(column => !names.includes(column))
    .map(column => ({
      index: 0,
      rule: 'missing-column',
      message: `the column '${column}' is missing`,
      hint: `the columns are ${listed(columns)}`,
    }));
  return [...unknown, ...twice, ...missing];
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
