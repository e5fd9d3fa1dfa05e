/**
 * The journal of one run: one JSON entry a line, each with the hash of the line before it, each on disk before anything acts on it.
 *
 * Whoever changes, drops or inserts a line breaks the chain. Cutting off its end is seen by the missing `closed`.
 */

import { createHash } from 'node:crypto';
import { open, readFile, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { drillPlan } from './drill.js';
import { TRANSITIONS, type Transition } from './transitions.js';
import { VERDICTS } from './verdict.js';

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
  /** On return the entry is on disk. */
  append(body: JournalBody): Promise<void>;
  entries(): readonly JournalEntry[];
}

const START = '0'.repeat(64);

/** A journal at a path, new or taken up again; a torn last line is cut off. @throws when its chain is broken */
export async function openJournal(path: string, nowMs: () => number): Promise<Journal> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const { entries, problem, tornBytes } = readJournal(text);
  if (problem !== undefined) throw new Error(`${path}: ${problem}`);
  if (tornBytes > 0) await truncate(path, Buffer.byteLength(text) - tornBytes);
  return appender(path, [...entries], lastLine(text.slice(0, text.lastIndexOf('\n') + 1)), nowMs);
}

function appender(path: string, entries: JournalEntry[], last: string | undefined, nowMs: () => number): Journal {
  let previous = last === undefined ? START : hashOf(last);
  return {
    append: async added => {
      const next: JournalEntry = { sequence: entries.length + 1, atMs: nowMs(), previous, ...added };
      const line = JSON.stringify(next);
      await appendDurably(path, `${line}\n`);
      entries.push(next);
      previous = hashOf(line);
    },
    entries: () => entries,
  };
}

async function appendDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'a', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
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
