import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INVENTORY_FILES, type InventoryFiles } from '../../infra/city/load/files.js';
import { load, loadLocated } from '../../infra/city/load/load.js';
import { readInventory, shippedInventories } from '../../infra/city/load/read.js';
import { InputError } from '../../infra/city/problem.js';
import { cases } from '../nightly.js';
import { temporaryFolder } from '../temporary-folder.js';
import { DAY } from './day.js';
import { patched } from './patched.js';

const textOf = ({ contents }: InventoryFiles, name: (typeof INVENTORY_FILES)[number]) => new TextDecoder().decode(contents[name]);
const mapTexts = (change: (text: string) => string): InventoryFiles => ({
  folder: '',
  contents: Object.fromEntries(INVENTORY_FILES.map(name => [name, Buffer.from(change(textOf(patched([]), name)))])),
});

test('what spreadsheets write is read alike: byte order mark and CRLF', () =>
  expect(
    load(
      mapTexts(text => `\uFEFF${text.replaceAll('\n', '\r\n')}`),
      DAY,
    ),
  ).toEqual(load(patched([]), DAY)));

test('the order of rows and of columns does not matter', () =>
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), keys => {
      const shuffled = (lines: readonly string[]) =>
        lines.map(line => ({ line, key: keys.next().value ?? 0 })).toSorted((a, b) => a.key - b.key);
      const rows = (text: string) => {
        const [header, ...body] = text.trimEnd().split('\n');
        return [header, ...shuffled(body).map(({ line }) => line)].join('\n');
      };
      expect(
        load(
          mapTexts(text => (text.startsWith('number,') ? rows(text) : text)),
          DAY,
        ),
      ).toEqual(load(patched([]), DAY));
    }),
    { numRuns: cases(30, 300) },
  ));

test('a city is frozen to its last leaf', () => {
  const leaves = (value: unknown): boolean =>
    value === null || typeof value !== 'object' || (Object.isFrozen(value) && Object.values(value).every(leaves));
  expect(leaves(load(patched([]), DAY))).toBe(true);
});

test('the retired keep their numbers and nothing else', () => {
  const city = load(patched([]), DAY);
  expect(city.retired).toEqual({ elements: [90], links: [90], systems: [] });
  expect(city.endpoints.map(({ number }) => number)).toEqual([100, 101, 102]);
});

test('values arrive with their units', () => {
  const city = load(patched([]), DAY);
  expect(city.links.find(({ number }) => number === 1100)).toMatchObject({
    rateBps: [50e6, 100e6],
    riskGroups: ['carrier-b'],
    ends: [100, 65],
  });
  expect(city.flows[1]?.ports).toEqual([80, 8001, 8002, 8003]);
  expect(city.riskGroups.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
    'building-1 building',
    'carrier-a carrier',
    'carrier-b carrier',
    'duct-1 duct',
  ]);
});

test('a path is found in the file again', () => {
  const { locate } = loadLocated(patched([]), DAY);
  expect(locate('endpoints.101.aggregation')).toEqual({ file: 'endpoints.csv', line: 3, column: 52 });
  expect(locate('links.1100')).toEqual({ file: 'links.csv', line: 15, column: 1 });
  expect(locate('totals.videoPoints')).toEqual({ file: 'city.yaml', line: 13, column: 16 });
  expect(locate('systems.1.objectives.lab')).toEqual({ file: 'city.yaml', line: 66, column: 12 });
});

test('random damage is a list of problems, never a crash', () =>
  fc.assert(
    fc.property(fc.constantFrom(...INVENTORY_FILES), fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 12 }), (name, at, length, bytes) => {
      const good = patched([]);
      const content = good.contents[name] ?? new Uint8Array();
      const start = at % content.length;
      const damaged = Buffer.concat([content.subarray(0, start), bytes, content.subarray(start + length)]);
      try {
        load({ ...good, contents: { ...good.contents, [name]: damaged } }, DAY);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
        expect(error.problems.every(({ at: place }) => place !== undefined && place.line >= 1 && place.column >= 1)).toBe(true);
      }
    }),
    { numRuns: cases(400, 4000) },
  ));

test('the shipped inventories are found by name', async () => {
  expect(await shippedInventories()).toContain('can-tho-2022');
  const city = load(await readInventory('can-tho-2022'), DAY);
  expect(city.endpoints.find(({ number }) => number === 131)?.name.vi).toBe('UBND xã Thới Hưng');
  expect(city.endpoints.every(({ class: kind, code }) => (kind === 'ward' || kind === 'district') === (code !== undefined))).toBe(true);
});

test('a file of 10 MB on a disk is refused without being read whole', async () => {
  const folder = temporaryFolder();
  for (const name of INVENTORY_FILES) writeFileSync(join(folder, name), Buffer.alloc(10_000_000, '#'));
  const files = await readInventory(folder);
  expect(files.contents['links.csv']?.length).toBeLessThan(6_000_000);
  expect(() => load(files, DAY)).toThrow('city.yaml: the file is larger than 1 MiB [file-too-large]');
});

test("an operator's own folder comes before a shipped inventory of its name; a folder of something else does not", async () => {
  const [own, here] = [temporaryFolder(), process.cwd()];
  process.chdir(own);
  try {
    mkdirSync('can-tho-2022');
    expect(load(await readInventory('can-tho-2022'), DAY).endpoints).toHaveLength(138);
    for (const [name, content] of Object.entries(patched([]).contents)) writeFileSync(join('can-tho-2022', name), content);
    expect(load(await readInventory('can-tho-2022'), DAY).endpoints).toHaveLength(3);
  } finally {
    process.chdir(here);
  }
});

test('a name that is not shipped says which are', async () => {
  await expect(readInventory('can-tho-202')).rejects.toThrow("hint: did you mean 'can-tho-2022'?");
  await expect(readInventory('./nowhere')).rejects.toThrow(InputError);
});
