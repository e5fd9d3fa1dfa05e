/** Which services this site has announced before. It outlives a power-off, so that a return is distinguished from the founding. */

import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceDurably } from '../contract/replace.js';

interface Stored {
  readonly schema: 1;
  readonly announced: readonly string[];
}

/** Systems announced before; none when nothing is stored. @throws when the file is there and cannot be understood */
export async function readAnnounced(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return new Set();
  const stored = JSON.parse(text) as Partial<Stored>;
  if (stored.schema !== 1 || !Array.isArray(stored.announced)) throw new Error(`${path}: no state of schema 1`);
  return new Set(stored.announced);
}

/** Replaces the state. On return it is on disk; a power-off in between leaves the old or the new, never half of one. */
export async function writeAnnounced(path: string, announced: ReadonlySet<string>): Promise<void> {
  const stored: Stored = { schema: 1, announced: [...announced].sort() };
  await mkdir(dirname(path), { recursive: true });
  await replaceDurably(path, `${JSON.stringify(stored)}\n`);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
