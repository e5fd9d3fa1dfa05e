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
