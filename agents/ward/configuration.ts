/** Which configuration is active: the one on disk, or the last good one when that is wrong. */

import { readFile } from 'node:fs/promises';
import type { Parsed } from '../contract/json.js';
import { parseWardConfiguration, type WardConfiguration } from '../contract/ward.js';
import type { Disk } from './disk.js';
import type { Log } from './log.js';

export interface ConfigurationFiles {
  readonly path: string;
  /** Copy of the last one that was good, in a folder that outlives a power-off. */
  readonly lastGoodPath: string;
}
export interface ActiveConfiguration {
  readonly configuration: WardConfiguration;
  /** Whether it is the one on disk. */
  readonly valid: boolean;
}

/** What to start with; undefined when neither file is good. Every problem of the file on disk is logged. */
export async function activeConfiguration(files: ConfigurationFiles, disk: Disk, log: Log): Promise<ActiveConfiguration | undefined> {
  const configuration = await goodConfiguration(files, disk, log);
  if (configuration !== undefined) return { configuration, valid: true };
  const lastGood = await read(files.lastGoodPath);
  return lastGood.ok ? { configuration: lastGood.value, valid: false } : undefined;
}

/** The configuration on disk, kept as the last good one; undefined when it is wrong, with every problem in the log. */
export async function goodConfiguration(files: ConfigurationFiles, disk: Disk, log: Log): Promise<WardConfiguration | undefined> {
  const parsed = await read(files.path);
  if (!parsed.ok) {
    for (const problem of parsed.problems) log('error', `${files.path}: ${problem}`);
    return undefined;
  }
  await disk.save(files.lastGoodPath, `${JSON.stringify(parsed.value)}\n`);
  return parsed.value;
}

const read = (path: string): Promise<Parsed<WardConfiguration>> =>
  readFile(path, 'utf8').then(parseWardConfiguration, (error: Error) => ({ ok: false, problems: [error.message] }));
