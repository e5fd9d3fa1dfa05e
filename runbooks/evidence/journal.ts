/**
 * The journal of one run: one JSON entry a line, each with the hash of the line before it, each on disk before anything acts on it.
 *
 * Whoever changes, drops or inserts a line breaks the chain, unless every later line is written anew: the hashes hold no secret.
 * Cutting off its end leaves the chain whole and takes `closed` away: `drill list`, `drill judge` and `drill report` say so.
 */

import { createHash } from 'node:crypto';
import { link, open, readFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { WorldError } from '../../infra/city/problem.js';
import { drillPlan } from '../drill/drill.js';
import { TRANSITIONS, type Transition } from '../drill/transitions.js';
import { VERDICTS } from '../judge/verdict.js';

const span = { beganAtMs: z.number(), doneAtMs: z.number() };

const body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), schema: z.literal(1), run: z.string(), pid: z.int(), plan: drillPlan }),
  z.object({ kind: z.literal('transition'), to: z.enum(TRANSITIONS as [Transition, ...Transition[]]) }),
  /** What Patroni said. */
  z.object({ kind: z.literal('cluster'), leader: z.string(), timeline: z.int(), synchronous: z.array(z.string()) }),
  /** Where etcd's leader was before the fault: it makes a difference of a second or two. */
  z.object({ kind: z.literal('etcd'), leader: z.string().optional() }),
  z.object({
    kind: z.literal('fault'),
    id: z.string(),
    hosts: z.array(z.string()),
    healBy: z.string().optional(),
    means: z.string(),
    ...span,
  }),
  z.object({ kind: z.literal('answered'), everywhere: z.boolean(), open: z.array(z.string()) }),
  z.object({ kind: z.literal('healed'), ids: z.array(z.string()), ...span }),
  /** Before each attempt to hand the lead over by plan; `switchover` follows when Patroni has done it. */
  z.object({ kind: z.literal('handing-over'), leader: z.string(), candidate: z.string() }),
  z.object({ kind: z.literal('switchover'), leader: z.string(), candidate: z.string(), ...span }),
  z.object({ kind: z.literal('steady'), checks: z.int() }),
  /** SHA-256 of each file of evidence, by its path in the folder. */
  z.object({ kind: z.literal('files'), sha256: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('broken-off'), verdict: z.enum(VERDICTS), reason: z.string() }),
  z.object({ kind: z.literal('closed'), verdict: z.enum(VERDICTS) }),
  /** The last line was torn when the journal was taken up again: it was never acted upon. */
  z.object({ kind: z.literal('cut-off'), bytes: z.int(), text: z.string() }),
  /** The journal before this one was damaged: where it was set aside, and what is wrong with it. */
  z.object({ kind: z.literal('damaged'), aside: z.string(), problem: z.string() }),
]);
const entry = z.intersection(z.object({ sequence: z.int(), atMs: z.number(), previous: z.string() }), body);

export type JournalBody = z.infer<typeof body>;
export type JournalEntry = z.infer<typeof entry>;
export type EntryOf<K extends JournalBody['kind']> = Extract<JournalEntry, { kind: K }>;

export interface JournalReading {
  readonly entries: readonly JournalEntry[];
  /** The first thing that is wrong with the chain; undefined when it is whole. */
  readonly problem: string | undefined;
  /** Bytes of a last line that was cut off: it was never acted upon. */
  readonly tornBytes: number;
}

export interface Journal {
  /** On return the entry is on disk. @throws {WorldError} when it cannot be written */
  append(body: JournalBody): Promise<void>;
  entries(): readonly JournalEntry[];
}

const START = '0'.repeat(64);

export type Opening = Extract<JournalBody, { kind: 'opened' }>;

/**
 * A journal at a path, new or taken up again. A torn last line is cut off; a damaged journal is set aside and begun anew with the
 * plan that it can still tell. Either is an entry of the journal returned.
 *
 * @throws {WorldError} when it cannot be read or written
 */
export async function openJournal(path: string, nowMs: () => number, opening: Opening): Promise<Journal> {
  const text = await readText(path);
  const { entries, problem, tornBytes } = readJournal(text);
  if (problem !== undefined)
    await beginAnew(path, nowMs, { ...opening, plan: entriesOf(entries, 'opened')[0]?.plan ?? opening.plan }, problem);
  else if (tornBytes > 0) await cutOff(path, nowMs, text, opening);
  else if (entries.length === 0) await replaceDurably(path, linesOf([opening], nowMs));
  const whole = await readText(path);
  return appender(path, [...readJournal(whole).entries], whole, nowMs);
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw new WorldError(`${path} cannot be read`, { cause, hint: 'see who may read it' });
  });

async function cutOff(path: string, nowMs: () => number, text: string, opening: Opening): Promise<void> {
  const end = text.lastIndexOf('\n') + 1;
  const torn = text.slice(end);
  const record: JournalBody = { kind: 'cut-off', bytes: Buffer.byteLength(torn), text: torn };
  await replaceDurably(path, linesOf(end === 0 ? [opening, record] : [record], nowMs, text.slice(0, end)));
}

/** The old one is linked elsewhere before the new one takes its place: at no time is there none. */
async function beginAnew(path: string, nowMs: () => number, opening: Opening, problem: string): Promise<void> {
  const aside = await setAside(path);
  await replaceDurably(path, linesOf([opening, { kind: 'damaged', aside: basename(aside), problem }], nowMs));
}

/** @returns where: `journal.damaged.jsonl`, or with a number when that is taken */
async function setAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = path.replace(/\.jsonl$/, `.damaged${number === 1 ? '' : `-${number}`}.jsonl`);
    const problem = await link(path, aside).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
    if (problem === undefined) return aside;
    if (problem.code !== 'EEXIST') throw notWritten(aside, problem);
  }
}

async function replaceDurably(path: string, text: string): Promise<void> {
  try {
    const file = await open(`${path}.new`, 'w', 0o644);
    await file.writeFile(text).finally(() => file.sync().finally(() => file.close()));
    await rename(`${path}.new`, path);
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

const notWritten = (path: string, cause: unknown): WorldError =>
  new WorldError(`${path} cannot be written`, {
    cause,
    hint: 'see who may write there, and whether the disk is full; then: citydc drill recover',
  });

/** A journal's text with entries added to it. */
function linesOf(bodies: readonly JournalBody[], nowMs: () => number, before = ''): string {
  return bodies.reduce((text, added) => `${text}${JSON.stringify(following(text, added, nowMs()))}\n`, before);
}

const following = (text: string, added: JournalBody, atMs: number): JournalEntry => {
  const last = lastLine(text);
  return { sequence: text.split('\n').length, atMs, previous: last === undefined ? START : hashOf(last), ...added };
};

function appender(path: string, entries: JournalEntry[], text: string, nowMs: () => number): Journal {
  const last = lastLine(text);
  let previous = last === undefined ? START : hashOf(last);
  let bytes = Buffer.byteLength(text);
  return {
    append: async added => {
      const next: JournalEntry = { sequence: entries.length + 1, atMs: nowMs(), previous, ...added };
      const line = JSON.stringify(next);
      await appendDurably(path, bytes, `${line}\n`);
      entries.push(next);
      previous = hashOf(line);
      bytes += Buffer.byteLength(line) + 1;
    },
    entries: () => entries,
  };
}

/** What an append before it left half done is cut off first: else the line would be glued to it. */
async function appendDurably(path: string, bytes: number, text: string): Promise<void> {
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
    throw notWritten(path, cause);
  }
}

/** A journal from its text. Never throws. Pure. */
export function readJournal(text: string): JournalReading {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const entries: JournalEntry[] = [];
  let previous = START;
  for (const line of lines) {
    const parsed = parseEntry(line);
    const problem = problemOf(parsed, entries.length + 1, previous);
    if (parsed === undefined || problem !== undefined) return { entries, problem, tornBytes: 0 };
    entries.push(parsed);
    previous = hashOf(line);
  }
  return { entries, problem: undefined, tornBytes: Buffer.byteLength(torn) };
}

function problemOf(parsed: JournalEntry | undefined, line: number, previous: string): string | undefined {
  if (parsed === undefined) return `line ${line} is no journal entry`;
  if (parsed.sequence !== line) return `line ${line} says it is entry ${parsed.sequence}`;
  if (parsed.previous !== previous) return `line ${line} does not follow from the line before it`;
  return (parsed.kind === 'opened') === (line === 1) ? undefined : `line ${line} opens the run, or the first does not`;
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    return entry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** SHA-256 in hexadecimal. */
export const hashOf = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

const lastLine = (text: string): string | undefined => text.split('\n').at(-2);

/** Entries of one kind, in order. */
export const entriesOf = <K extends JournalBody['kind']>(entries: readonly JournalEntry[], kind: K): readonly EntryOf<K>[] =>
  entries.filter((each): each is EntryOf<K> => each.kind === kind);

/** Whether the run ever entered a state. */
export const hasEntered = (entries: readonly JournalEntry[], transition: Transition): boolean =>
  entriesOf(entries, 'transition').some(({ to }) => to === transition);
