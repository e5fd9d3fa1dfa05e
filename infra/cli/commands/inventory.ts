import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { replaceDurably } from '../../../agents/contract/replace.js';
import type { DayIn } from '../../city/day.js';
import { load } from '../../city/load/load.js';
import { findFolder, readInventory, shippedInventories } from '../../city/load/read.js';
import type { City } from '../../city/model.js';
import { InputError, WorldError } from '../../city/problem.js';
import type { ChangedLine } from '../../city/upgrade/edits.js';
import { type Upgrade, upgradeOf } from '../../city/upgrade/upgrade.js';
import { findingsIn } from '../check/report.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';

export function configure(command: Command, invoke: Invoke): void {
  command
    .command('upgrade')
    .summary('carry a folder over to the newest form, in place; comments and order stay')
    .argument('<folder>', 'the folder of an inventory')
    .option('--plan', 'print what would be written, and write nothing')
    .action(invoke(upgrade));
}

async function upgrade(context: Context, folder: string, { plan = false }: { readonly plan?: boolean }): Promise<ExitCode> {
  const files = await readInventory(folder);
  const day = dayOf(context);
  const made = upgradeOf(files, { day, shipped: await shippedCities(day), findingsIn: ({ city }) => findingsIn(city) });
  const written = !plan && made.changes.length > 0;
  if (written) await writeInPlace(join(await findFolder(folder), 'city.yaml'), made.text);
  const { text, ...facts } = made;
  context.output.result({ schema: 1, folder: files.folder, written, ...facts }, describe(files.folder, made, written));
  return 0;
}

/** The shipped inventories: what copies of them have accepted word for word. One that is itself to be carried over says nothing yet. */
async function shippedCities(day: DayIn): Promise<readonly City[]> {
  const files = await Promise.all((await shippedInventories()).map(readInventory));
  return files.flatMap(each => {
    try {
      return load(each, day);
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });
}

/** Of a symbolic link, the target is replaced and the link stays; its mode stays, too. @throws {WorldError} when it cannot be written */
async function writeInPlace(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path);
    await replaceDurably(target, text, (await stat(target)).mode & 0o777);
  } catch (cause) {
    throw new WorldError(`cannot write ${path}`, { cause, hint: 'check that you may write there; the file is as it was' });
  }
}

function describe(folder: string, { from, to, changes, brings, said }: Upgrade, written: boolean): string {
  if (from === to) return `${folder} has the newest form already: schema ${to}`;
  return [
    ...changes.flatMap(changeOf),
    ...said,
    ...brings.map(what => `new in this form: ${what}`),
    written
      ? `${folder}: carried over from schema ${from} to ${to}; look at it with 'citydc check ${folder}'`
      : `${folder}: schema ${from} to ${to}, nothing was written; without --plan it is`,
  ].join('\n');
}

const changeOf = ({ line, removed, added }: ChangedLine): readonly string[] => [
  ...(removed === '' ? [] : [`city.yaml:${line} - ${removed}`]),
  `city.yaml:${line} + ${added}`,
];
