import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 by path. */
export type Digests = Readonly<Record<string, string>>;

/** SHA-256 of every file below a folder but the named one, by its path there. Symbolic links are left out. */
export async function digestsOf(folder: string, except?: string): Promise<Digests> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(entry => relative(folder, join(entry.parentPath, entry.name)));
  const digests: Record<string, string> = {};
  for (const path of paths.toSorted()) if (path !== except) digests[path] = await digestOf(join(folder, path));
  return digests;
}

/** Paths of files that only one has, or that differ. */
export const differing = (one: Digests, other: Digests): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(path => one[path] !== other[path]);

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
