import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The office that tests add. */
export const NEW_OFFICE = 'e240';

/** Adds a ward without a video point behind n73 to a copy of the 2022 inventory: the totals follow. */
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
  edit(join(folder, 'city.yaml'), text => text.replace('endpoints: 138', 'endpoints: 139').replace('wards: 83', 'wards: 84'));
}

/** Changes a file of an inventory. */
export const edit = (path: string, change: (text: string) => string): void => writeFileSync(path, change(readFileSync(path, 'utf8')));
