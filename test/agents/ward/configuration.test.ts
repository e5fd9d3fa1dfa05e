import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { activeConfiguration, goodConfiguration } from '../../../agents/ward/configuration.js';
import { openDisk } from '../../../agents/ward/disk.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { office } from './configurations.js';

let lines: string[];
beforeEach(() => {
  lines = [];
});
const log = (_level: string, line: string): void => void lines.push(line);

function files() {
  const folder = temporaryFolder();
  return { path: join(folder, 'ward.json'), lastGoodPath: join(folder, 'configuration.json') };
}
const write = (path: string, change: object): void => writeFileSync(path, JSON.stringify({ ...office, ...change }));

describe('the active configuration', () => {
  test('is the one on disk, and a copy of it is kept', async () => {
    const at = files();
    write(at.path, {});
    expect(await activeConfiguration(at, openDisk(log), log)).toEqual({ configuration: office, valid: true });
    expect(JSON.parse(readFileSync(at.lastGoodPath, 'utf8'))).toEqual(office);
    expect(lines).toEqual([]);
  });

  test('is the last good one when that on disk is wrong, with every problem reported', async () => {
    const at = files();
    write(at.path, {});
    await activeConfiguration(at, openDisk(log), log);
    write(at.path, { endpoint: '131', metricsPort: 0, colour: 'red' });
    expect(await activeConfiguration(at, openDisk(log), log)).toEqual({ configuration: office, valid: false });
    expect(lines).toEqual([
      `${at.path}: endpoint: an endpoint is named e and its number, as e131`,
      `${at.path}: metricsPort: Too small: expected number to be >=1`,
      `${at.path}: Unrecognized key: "colour"`,
    ]);
  });

  test.each(['', '{', 'null'])('is none when %j is all there ever was', async text => {
    const at = files();
    writeFileSync(at.path, text);
    expect(await activeConfiguration(at, openDisk(log), log)).toBeUndefined();
    expect(lines).toHaveLength(1);
  });

  test('is none when there is no file', async () => {
    expect(await activeConfiguration(files(), openDisk(log), log)).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('ENOENT')]);
  });

  test('is the one on disk even when no copy can be kept', async () => {
    const at = { ...files(), lastGoodPath: '/nowhere/configuration.json' };
    write(at.path, {});
    const disk = openDisk(log);
    expect(await activeConfiguration(at, disk, log)).toMatchObject({ valid: true });
    expect(disk.errors()).toBe(1);
    expect(lines).toEqual([expect.stringContaining('not stored')]);
  });
});

test('a wrong file never replaces the last good copy', async () => {
  const at = files();
  write(at.path, {});
  await goodConfiguration(at, openDisk(log), log);
  write(at.path, { sites: [] });
  expect(await goodConfiguration(at, openDisk(log), log)).toBeUndefined();
  expect(JSON.parse(readFileSync(at.lastGoodPath, 'utf8'))).toEqual(office);
});
