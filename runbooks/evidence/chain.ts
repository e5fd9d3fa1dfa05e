/**
 * A chained journal: one JSON entry a line, each with the hash of the line before it, each on disk before anything acts on it.
 *
 * To change, drop or insert a line breaks the chain, unless every later line is written anew: the hashes contain no secret. To cut off its
 * end leaves the chain whole without its closing entry: readers report that.
 */

import { createHash } from 'node:crypto';
import { link, open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import { jsonOf } from '../../agents/contract/json.js';
import { replaceDurably } from '../../agents/contract/replace.js';
import { WorldError } from '../../infra/city/problem.js';

/** Entries that every kind of journal may have. */
export const MENDED = [
  /** The last line was torn when the journal was taken up again: it was never acted upon. */
  z.object({ kind: z.literal('cut-off'), bytes: z.int(), text: z.string() }),
  /** The journal before this one was damaged: where it was set aside, and what is wrong with it. */
  z.object({ kind: z.literal('damaged'), aside: z.string(), problem: z.string() }),
] as const;

type Mended = z.infer<(typeof MENDED)[number]>;
const linked = z.object({ sequence: z.int(), atMs: z.number(), previous: z.string() });

/** An entry as it is stored: what it says, its number from 1, its time, and the hash of the line before it. */
export type Entry<Body> = z.infer<typeof linked> & (Body | Mended);

/** A kind of journal: its entries, and how one that is damaged begins anew. */
export interface Form<Body extends { readonly kind: string }> {
  /** The schema of its own entries and those of `MENDED`. The first entry, and no other, is `opened`. */
  readonly body: z.ZodType<Body | Mended>;
  /** The opening entry of a journal that replaces a damaged one, by what is still readable of that. */
  readonly reopened: (opening: Body, found: readonly Entry<Body>[]) => Body;
  /** What to do when it cannot be written. */
  readonly hint: string;
}

export interface Reading<Body> {
  readonly entries: readonly Entry<Body>[];
  /** The first thing that is wrong with the chain; undefined when it is whole. */
  readonly problem: string | undefined;
  /** Bytes of a last line that was cut off: it was never acted upon. */
  readonly tornBytes: number;
}

export interface Chain<Body> {
  /** On return the entry is on disk. @throws {WorldError} when it cannot be written */
  append(body: Body): Promise<void>;
  entries(): readonly Entry<Body>[];
}

const START = '0'.repeat(64);

/**
 * Opens the journal at a path, new or continued. A torn last line is cut off; a damaged journal is set aside and begun anew. Either is
 * recorded by an entry of the journal.
 *
 * @throws {WorldError} when it cannot be read or written
 */
export async function openChain<Body extends { readonly kind: string }>(
  form: Form<Body>,
  path: string,
  nowMs: () => number,
  opening: Body,
): Promise<Chain<Body>> {
  const text = await readText(path);
  const { entries, problem, tornBytes } = readChain(form, text);
  const replace = (bodies: readonly (Body | Mended)[], before = '') =>
    replaceDurably(path, linesOf(bodies, nowMs, before)).catch(cause => {
      throw notWritten(path, cause, form.hint);
    });
  if (problem !== undefined) {
    // The old one is linked elsewhere before the new one takes its place: at no time is there none.
    const aside = basename(await setAside(path, form.hint));
    await replace([form.reopened(opening, entries), { kind: 'damaged', aside, problem }]);
  } else if (tornBytes > 0) {
    const end = text.lastIndexOf('\n') + 1;
    const torn: Mended = { kind: 'cut-off', bytes: tornBytes, text: text.slice(end) };
    await replace(end === 0 ? [opening, torn] : [torn], text.slice(0, end));
  } else if (entries.length === 0) await replace([opening]);
  return appender(form, path, await readText(path), nowMs);
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw new WorldError(`${path} cannot be read`, { cause, hint: 'see who may read it' });
  });

/** @returns where: `journal.damaged.jsonl`, or with a number when that is taken */
async function setAside(path: string, hint: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = path.replace(/\.jsonl$/, `.damaged${number === 1 ? '' : `-${number}`}.jsonl`);
    const problem = await link(path, aside).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
    if (problem === undefined) return aside;
    if (problem.code !== 'EEXIST') throw notWritten(aside, problem, hint);
  }
}

const notWritten = (path: string, cause: unknown, hint: string): WorldError =>
  new WorldError(`${path} cannot be written`, { cause, hint: `see who may write there, and whether the disk is full; then: ${hint}` });

/** A journal's text with entries added to it. */
function linesOf(bodies: readonly object[], nowMs: () => number, before: string): string {
  return bodies.reduce((text, added) => `${text}${JSON.stringify(following(text, added, nowMs()))}\n`, before);
}

const following = (text: string, added: object, atMs: number): object => ({
  sequence: text.split('\n').length,
  atMs,
  previous: previousOf(text),
  ...added,
});

function appender<Body extends { readonly kind: string }>(form: Form<Body>, path: string, text: string, nowMs: () => number): Chain<Body> {
  const entries = [...readChain(form, text).entries];
  let previous = previousOf(text);
  let bytes = Buffer.byteLength(text);
  return {
    append: async added => {
      const next: Entry<Body> = { sequence: entries.length + 1, atMs: nowMs(), previous, ...added };
      const line = JSON.stringify(next);
      await appendDurably(path, bytes, `${line}\n`, form.hint);
      entries.push(next);
      previous = hashOf(line);
      bytes += Buffer.byteLength(line) + 1;
    },
    entries: () => entries,
  };
}

/** What an earlier append left half done is cut off first: else the new line would be joined to it. */
async function appendDurably(path: string, bytes: number, text: string, hint: string): Promise<void> {
  try {
    const file = await open(path, 'a', 0o644);
    try {
      if ((await file.stat()).size > bytes) await file.truncate(bytes);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw notWritten(path, cause, hint);
  }
}

/** A journal from its text. Never throws. Pure. */
export function readChain<Body extends { readonly kind: string }>(form: Form<Body>, text: string): Reading<Body> {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const entries: Entry<Body>[] = [];
  let previous = START;
  for (const line of lines) {
    const parsed = parseEntry(form, line);
    const problem = problemOf(parsed, entries.length + 1, previous);
    if (parsed === undefined || problem !== undefined) return { entries, problem, tornBytes: 0 };
    entries.push(parsed);
    previous = hashOf(line);
  }
  return { entries, problem: undefined, tornBytes: Buffer.byteLength(torn) };
}

function problemOf(parsed: Entry<{ readonly kind: string }> | undefined, line: number, previous: string): string | undefined {
  if (parsed === undefined) return `line ${line} is no journal entry`;
  if (parsed.sequence !== line) return `line ${line} says it is entry ${parsed.sequence}`;
  if (parsed.previous !== previous) return `line ${line} does not follow from the line before it`;
  return (parsed.kind === 'opened') === (line === 1) ? undefined : `line ${line} opens the run, or the first does not`;
}

const parseEntry = <Body extends { readonly kind: string }>({ body }: Form<Body>, line: string): Entry<Body> | undefined =>
  jsonOf(z.intersection(linked, body), line);

/** SHA-256 in hexadecimal. */
export const hashOf = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** The hash that the next line of a journal carries. */
const previousOf = (text: string): string => {
  const last = text.split('\n').at(-2);
  return last === undefined ? START : hashOf(last);
};

/** Entries of one kind, in order. */
export const entriesOf = <E extends { readonly kind: string }, K extends E['kind']>(
  entries: readonly E[],
  kind: K,
): readonly Extract<E, { kind: K }>[] => entries.filter((each): each is Extract<E, { kind: K }> => each.kind === kind);
