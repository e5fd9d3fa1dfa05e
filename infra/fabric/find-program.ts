import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** The path of the first of these files that may be run; undefined when there is none. */
export async function firstProgram(files: readonly string[]): Promise<string | undefined> {
  const may = await Promise.all(
    files.map(file =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.find((_, index) => may[index]);
}

/** The files that a command can be, in the order in which folders are searched. */
export const candidates = (command: string, folders: readonly string[]): readonly string[] => folders.map(folder => join(folder, command));
