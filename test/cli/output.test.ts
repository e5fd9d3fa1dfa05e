import { expect, test } from 'vitest';
import { createOutput } from '../../infra/cli/output.js';
import { table } from '../../infra/cli/table.js';

const terminal = (columns?: number) => {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => written.push(text.toString()) > 0;
  return { written, write, ...(columns === undefined ? {} : { isTTY: true, columns }) };
};

test('on a terminal progress is redrawn in place and gone before the next line', () => {
  const [stdout, stderr] = [terminal(), terminal(10)];
  const output = createOutput(stdout, stderr, false);
  output.progress('starting hosts');
  output.progress('all started');
  output.note('done');
  expect(stderr.written).toEqual(['\r\x1b[2Kstarting ', '\r\x1b[2Kall start', '\r\x1b[2K', 'done\n']);
  expect(stdout.written).toEqual([]);
});

test('a table is plain text: numbers to the right, no lines, no colours, no spaces at the end', () =>
  expect(
    table(
      ['name', 'count'],
      [
        ['one', 1],
        ['thousand', 1000],
      ],
    ),
  ).toBe('name      count\none           1\nthousand   1000\n'));

test('a table of nothing is its head', () => expect(table(['a', 'b'], [])).toBe('a  b\n'));

/** Clears the screen, fills the clipboard, and turns the direction of reading; a C1 control sequence does as ESC [. */
const HOSTILE = 'a\u001b[2Jb\u001b]52;c;aWQ=\u0007c\u009b2Jd\u202ee\u2066f\rg\u{e0041}';
const SEEN = String.raw`a\u001b[2Jb\u001b]52;c;aWQ=\u0007c\u009b2Jd\u202ee\u2066f\u000dg\udb40\udc41`;

test('nothing that a terminal obeys is written: not as a result, a note or progress', () => {
  const [stdout, stderr] = [terminal(), terminal()];
  const output = createOutput(stdout, stderr, false);
  output.result({}, HOSTILE);
  output.note(HOSTILE);
  output.progress(HOSTILE);
  expect(stdout.written).toEqual([`${SEEN}\n`]);
  expect(stderr.written).toEqual([`${SEEN}\n`, `${SEEN}\n`]);
});

test('in JSON it is written out, and means the same', () => {
  const stdout = terminal();
  createOutput(stdout, terminal(), true).result({ name: HOSTILE, 'k\u202e': 'a\nb\t' }, '');
  const [written = ''] = stdout.written;
  expect(written).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(written)).toEqual({ name: HOSTILE, 'k\u202e': 'a\nb\t' });
});
