import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type InputError, WorldError, wrongInput } from '../city/problem.js';

/** A file by its path below a folder. */
export interface FileBelow {
  readonly path: string;
  readonly content: string;
  /** Permission bits; those of any new file where absent. */
  readonly mode?: number;
}

/**
 * Writes files below a folder and returns their paths. Nothing is ever removed there.
 *
 * @param force whether the folder may hold files already; those of an earlier inventory would look as if they had been rendered now
 * @throws {InputError} when it holds files and may not; {WorldError} when it cannot be written
 */
export async function writeFolder(folder: string, files: readonly FileBelow[], force: boolean): Promise<readonly string[]> {
  if (!force && (await entriesOf(folder)) > 0) throw notEmpty(folder);
  const paths: string[] = [];
  for (const { path, content, mode } of files) paths.push(await written(join(folder, path), content, mode));
  return paths;
}

async function entriesOf(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).length;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw unwritable(folder, cause);
  }
}

async function written(path: string, content: string, mode: number | undefined): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'w', mode);
    // Before a secret is written into it: a file that was there already has another mode.
    if (mode !== undefined) await file.chmod(mode);
    await file.writeFile(content).finally(() => file.close());
    return path;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

const unwritable = (path: string, cause: unknown): WorldError =>
  new WorldError(`cannot write ${path}`, { cause, hint: 'name a folder that you may write to with --out' });

const notEmpty = (folder: string): InputError =>
  wrongInput(
    'folder-not-empty',
    '--out',
    `'${folder}' holds files already`,
    'name a new folder, or add --force to write into this one; nothing there is removed',
  );
