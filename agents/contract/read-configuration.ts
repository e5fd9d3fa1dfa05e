import { readFile } from 'node:fs/promises';
import type { Parsed } from './json.js';

/** The configuration in a program's file, or everything that is wrong with it, for a program that ends then. */
export async function readConfiguration<T>(
  path: string | undefined,
  parse: (text: string) => Parsed<T>,
  usage: string,
): Promise<Parsed<T>> {
  if (path === undefined) return { ok: false, problems: [`usage: ${usage}`] };
  const text = await readFile(path, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) return { ok: false, problems: [text.message] };
  const parsed = parse(text);
  return parsed.ok ? parsed : { ok: false, problems: parsed.problems.map(problem => `${path}: ${problem}`) };
}
