import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The office that tests add. */
export const NEW_OFFICE = 'e240';

/** Adds a ward without a video point behind n73 to a copy of the 2022 inventory: the totals follow, and what the operator accepts. */
export function addOffice(folder: string): void {
  edit(join(folder, 'endpoints.csv'), text => {
    const model = text.split('\n').find(line => line.startsWith('131,')) ?? '';
    const cells = model.split(',');
    const [, kind, , , , ...rest] = cells;
    return `${text.trimEnd()}\n${[NEW_OFFICE.slice(1), kind, 'Văn phòng thử', 'Trial office', '', ...rest].join(',').replace(',n73,1,', ',n73,0,')}\n`;
  });
  edit(join(folder, 'links.csv'), text => {
    const model = text.split('\n').find(line => line.startsWith('131,')) ?? '';
    return `${text.trimEnd()}\n${model.replace(/^131,/, '240,').replaceAll('e131', NEW_OFFICE)}\n`;
  });
  edit(join(folder, 'city.yaml'), text =>
    text
      .replace('endpoints: 138', 'endpoints: 139')
      .replace('wards: 83', 'wards: 84')
      .replace('{ l77-l214: 1 }', '{ l77-l214: 1, l240: 1 }')
      .replaceAll('n73: 12', 'n73: 13')
      .replace('carrier-b: 34', 'carrier-b: 35'),
  );
}

/** Changes a file of an inventory. */
export const edit = (path: string, change: (text: string) => string): void => writeFileSync(path, change(readFileSync(path, 'utf8')));
