import Table from 'cli-table3';

type Cell = string | number;

const NO_LINES = { top: '', bottom: '', left: '', right: '', mid: '', middle: '' } as const;
const CHARS = {
  ...NO_LINES,
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  'left-mid': '',
  'mid-mid': '',
  'right-mid': '',
} as const;

/** Columns for people, without lines and colours; numbers to the right. Ends with a newline. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const drawn = new Table({
    head: [...head],
    chars: CHARS,
    colAligns: head.map((_, column) => (rows.length > 0 && rows.every(row => typeof row[column] === 'number') ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  drawn.push(...rows.map(row => [...row]));
  return `${drawn.toString().replace(/ +$/gm, '')}\n`;
}
