import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ActiveFault } from '../../../infra/fabric/fabric.js';
import { forgetFault, readFaults, recordFault } from '../../../infra/fabric/faults/store.js';
import { temporaryFolder } from '../../temporary-folder.js';

let folder: string;
let root: string;
beforeEach(() => {
  root = temporaryFolder();
  folder = join(root, 'faults');
});

const fault: Omit<ActiveFault, 'id' | 'schema'> = {
  fault: { do: 'power-off', hosts: ['s1-router1', 's1-edge1'] },
  injectedAt: '2026-11-23T00:00:00.000Z',
  healBy: '2026-11-23T00:10:00.000Z',
  by: 'operator',
  means: 'SIGKILL',
};

test('there are none before the first', async () => expect(await readFaults(folder)).toEqual([]));

test('what is recorded is read back, schema and all', async () => {
  const record = await recordFault(folder, fault);
  expect(record).toEqual({ schema: 1, id: 'f1', ...fault });
  expect(await readFaults(folder)).toEqual([record]);
  expect(JSON.parse(await readFile(join(folder, 'f1.json'), 'utf8'))).toEqual(record);
});

test('records come in the order of their numbers, not of their names', async () => {
  for (let count = 0; count < 11; count++) await recordFault(folder, fault);
  expect((await readFaults(folder)).map(({ id }) => id)).toEqual(Array.from({ length: 11 }, (_, index) => `f${index + 1}`));
});

test('records made at the same moment are all kept', async () => {
  const records = await Promise.all(Array.from({ length: 20 }, () => recordFault(folder, fault)));
  expect(new Set(records.map(({ id }) => id)).size).toBe(20);
  expect((await readFaults(folder)).length).toBe(20);
});

test('a forgotten fault is gone, and forgetting it again is safe', async () => {
  await recordFault(folder, fault);
  await recordFault(folder, fault);
  await forgetFault(folder, 'f1');
  await forgetFault(folder, 'f1');
  expect((await readFaults(folder)).map(({ id }) => id)).toEqual(['f2']);
});

test.each([0, 1, 40])('a record that a crash cut off after %i bytes was never applied, and hides no other', async length => {
  const record = await recordFault(folder, fault);
  const whole = await readFile(join(folder, 'f1.json'), 'utf8');
  await writeFile(join(folder, 'f2.json'), whole.slice(0, length));
  expect(await readFaults(folder)).toEqual([record]);
});

test('a record cut off anywhere is never an error', async () => {
  await recordFault(folder, { ...fault, fault: { do: 'impair', links: [], impairment: { lossRatio: 0.1 } } });
  const whole = (await readFile(join(folder, 'f1.json'), 'utf8')).trimEnd();
  for (let length = 0; length < whole.length; length++) {
    await writeFile(join(folder, 'f1.json'), whole.slice(0, length));
    expect(await readFaults(folder), whole.slice(0, length)).toEqual([]);
  }
});

test('the number of a torn record is not given again', async () => {
  await recordFault(folder, fault);
  await writeFile(join(folder, 'f2.json'), '');
  expect((await recordFault(folder, fault)).id).toBe('f3');
  expect((await readdir(folder)).length).toBe(3);
});
