/** Which services this site has announced before. It outlives a power-off, so that a return is distinguished from the founding. */

import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { jsonOf } from '../contract/json.js';
import { replaceDurably } from '../contract/replace.js';

const stored = z.object({ schema: z.literal(1), announced: z.array(z.string()) });

/** Systems announced before; none when nothing is stored. @throws when the file is there and cannot be understood */
export async function readAnnounced(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return new Set();
  const found = jsonOf(stored, text);
  if (found === undefined) throw new Error(`${path}: no state of schema 1`);
  return new Set(found.announced);
}

/** Replaces the state. On return it is on disk; a power-off in between leaves the old or the new, never half of one. */
export async function writeAnnounced(path: string, announced: ReadonlySet<string>): Promise<void> {
  const state = { schema: 1, announced: [...announced].sort() } satisfies z.infer<typeof stored>;
  await mkdir(dirname(path), { recursive: true });
  await replaceDurably(path, `${JSON.stringify(state)}\n`);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
