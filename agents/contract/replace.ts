/**
 * Files that are replaced in one step: a reader sees the old one or the new one, never half of one.
 *
 * {@link replaceDurably} for what cannot be made again, or what is acted on at once: evidence, keys, what a return is known by.
 * {@link replace} for the rest: a power-off may leave a new file empty.
 */

import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export const replace = (path: string, content: string, mode = 0o644): Promise<void> =>
  replaceBy(path, beside => writeFile(beside, content, { mode }));

/** On return the file is on disk, and its name too. */
export async function replaceDurably(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await replaceBy(path, async beside => {
    const file = await open(beside, 'w', mode);
    await file.writeFile(content).finally(() => file.sync().finally(() => file.close()));
  });
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

/**
 * Puts in place what is made beside it. What cannot be finished is removed.
 *
 * @param beside its name until then; one of its own where several processes write the same file
 */
export async function replaceBy(path: string, make: (beside: string) => Promise<void>, beside = `${path}.new`): Promise<void> {
  try {
    await make(beside);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}
