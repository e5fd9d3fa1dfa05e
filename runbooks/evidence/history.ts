import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { wrongInput } from '../../infra/city/problem.js';
import type { Verdict } from '../judge/verdict.js';
import { entriesOf } from './chain.js';
import { FILES } from './evidence.js';
import { readJournal } from './journal.js';

interface PastRun {
  readonly run: string;
  readonly verdict: Verdict | 'not closed';
}

/** The runs whose evidence is in a folder, oldest first: a run's name is its drill and its time. */
export async function runsIn(drillsFolder: string): Promise<readonly PastRun[]> {
  const names = await readdir(drillsFolder).catch(() => []);
  const runs = names.filter(name => existsSync(join(drillsFolder, name, FILES.journal))).toSorted();
  return Promise.all(runs.map(async run => ({ run, verdict: await verdictOf(join(drillsFolder, run)) })));
}

async function verdictOf(folder: string): Promise<PastRun['verdict']> {
  const { entries } = readJournal(await readFile(join(folder, FILES.journal), 'utf8').catch(() => ''));
  return entriesOf(entries, 'closed')[0]?.verdict ?? 'not closed';
}

/** A run by its folder, or by its name among those of a city; the latest without a name. @throws {InputError} when there is none at all */
export async function runFolder(drills: string, name: string | undefined): Promise<string> {
  if (name !== undefined) return existsSync(join(name, FILES.journal)) ? resolve(name) : join(drills, name);
  const latest = (await runsIn(drills)).at(-1);
  if (latest !== undefined) return join(drills, latest.run);
  throw wrongInput('usage', 'run', 'no drill has been run here yet', 'citydc drill run site-loss');
}
