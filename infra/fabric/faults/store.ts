import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { own } from '../../../agents/contract/json.js';
import { readJson } from '../../city/json.js';
import { WorldError } from '../../city/problem.js';
import type { ActiveFault } from '../fabric.js';

/** The active faults, oldest first. One file each: on the disk before the fault is applied, removed after it is undone. */
export async function readFaults(folder: string): Promise<readonly ActiveFault[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.json'));
  const records = await Promise.all(
    names.map(async name => {
      const text = await readFile(join(folder, name), 'utf8').catch(() => '');
      // A record that a crash cut short lacks its end of line; its fault was never applied.
      return text.endsWith('\n') ? [readJson(own<ActiveFault>(), text, join(folder, name))] : [];
    }),
  );
  return records.flat().toSorted((a, b) => numberOf(a.id) - numberOf(b.id));
}

/** Stores a new fault under the next free id. @throws {WorldError} when it cannot be written; then it must not be applied */
export async function recordFault(folder: string, fault: Omit<ActiveFault, 'id' | 'schema'>): Promise<ActiveFault> {
  await mkdir(folder, { recursive: true });
  const taken = (await readdir(folder)).map(name => numberOf(name));
  for (let number = Math.max(0, ...taken) + 1; ; number++) {
    const record: ActiveFault = { schema: 1, id: `f${number}`, ...fault };
    const file = await open(join(folder, `f${number}.json`), 'wx').catch(refuseUnlessTaken);
    if (file === undefined) continue;
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
    await file.close();
    return record;
  }
}

/** Undefined when another process took the id this moment. */
function refuseUnlessTaken(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'EEXIST')
    throw new WorldError('the fault could not be recorded, so it was not injected', {
      cause,
      hint: 'make room, then run the command again',
    });
}

/** Removes the record of a fault that is undone. */
export const forgetFault = (folder: string, id: string): Promise<void> => rm(join(folder, `${id}.json`), { force: true });

const numberOf = (id: string): number => Number(/^f(\d+)/.exec(id)?.[1] ?? 0);
