type Cell = string | number;

const GAP = '  ';

/** Columns for people, without lines and colours; columns of numbers to the right. Ends with a newline. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows].map(row => row.map(String));
  const columns = head.map((_, column) => ({
    width: lines.reduce((most, row) => Math.max(most, lengthOf(row[column] ?? '')), 0),
    right: rows.length > 0 && rows.every(row => typeof row[column] === 'number'),
  }));
  return lines
    .map(row =>
      columns
        .map(({ width, right }, column) => padded(row[column] ?? '', width, right))
        .join(GAP)
        .trimEnd()
        .concat('\n'),
    )
    .join('');
}

/** Letters in their composed form, as inventories are read, take a place each. */
const lengthOf = (text: string): number => [...text].length;

function padded(text: string, width: number, right: boolean): string {
  const room = ' '.repeat(width - lengthOf(text));
  return right ? room + text : text + room;
}
