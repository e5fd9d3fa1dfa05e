/**
 * The evidence of a handover: a chained journal, as of a drill, each entry on disk before what it is about happens.
 *
 * A run that was killed is continued under its own name; what it had done is seen on AWS, only its times are read from here.
 */

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Chain, type Entry, entriesOf, type Form, MENDED, openChain, readChain } from '../evidence/chain.js';
import { FILES } from '../evidence/evidence.js';
import { type Change, describeChange } from './change.js';
import { type Handover, titleOf } from './handover.js';

/** What the operator has accepted. */
const accepted = z.object({ unreachable: z.boolean(), unfenced: z.boolean(), loss: z.boolean(), serving: z.string().optional() });
const times = z.array(z.object({ step: z.string(), seconds: z.number(), changes: z.int() }));

const body = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('opened'),
    schema: z.literal(1),
    run: z.string(),
    verb: z.string(),
    from: z.string(),
    to: z.string(),
    accepted,
  }),
  /** Another process takes the run up; what the operator accepts now may be more than before. */
  z.object({ kind: z.literal('continued'), accepted }),
  z.object({ kind: z.literal('began'), step: z.string() }),
  /** On disk before the change is requested of AWS. */
  z.object({ kind: z.literal('changing'), step: z.string(), found: z.string(), what: z.string() }),
  z.object({ kind: z.literal('reached'), step: z.string(), found: z.string() }),
  /** Times of every step, and from the first one's beginning to the last one's end. */
  z.object({ kind: z.literal('closed'), steps: times, seconds: z.number() }),
  ...MENDED,
]);
type Body = z.infer<typeof body>;
type Opening = Extract<Body, { kind: 'opened' }>;
const FORM: Form<Body> = { body, reopened: opening => opening, hint: 'run the same again; it finds what was done' };

export type Closed = Omit<Opening, 'kind'> & Omit<Extract<Body, { kind: 'closed' }>, 'kind'>;

export interface Recorder {
  readonly folder: string;
  /** When a step began, in milliseconds since 1970: now, or in the process before this one. */
  begin(step: string): Promise<number>;
  change(step: string, found: string, change: Change): Promise<void>;
  /** A step that was reached before, and has changed nothing since, keeps its time. */
  reached(step: string, found: string): Promise<void>;
  /** Ends the record: no later run continues it. */
  close(): Promise<Closed>;
}

/**
 * Opens a new record, or that of a run of the same handover that was not closed.
 *
 * @param folder of all handovers; each run has one of its own below it, with `journal.jsonl`
 * @throws {WorldError} when it cannot be read or written
 */
export async function openRecord(folder: string, handover: Handover, nowMs: () => number): Promise<Recorder> {
  const run = (await openRun(folder, handover)) ?? `${prefixOf(handover)}${stamp(nowMs())}`;
  const here = join(folder, run);
  await mkdir(here, { recursive: true });
  const opening = openingOf(run, handover);
  const journal = await openChain(FORM, join(here, FILES.journal), nowMs, opening);
  if (journal.entries().length > 1) await journal.append({ kind: 'continued', accepted: opening.accepted });
  return recorder(here, opening, journal);
}

function recorder(folder: string, { kind: _, ...opening }: Opening, journal: Chain<Body>): Recorder {
  const of = (step: string) => journal.entries().filter(entry => 'step' in entry && entry.step === step);
  return {
    folder,
    begin: async step => {
      if (of(step).length === 0) await journal.append({ kind: 'began', step });
      return of(step)[0]?.atMs ?? 0;
    },
    change: (step, found, change) => journal.append({ kind: 'changing', step, found, what: describeChange(change) }),
    reached: async (step, found) => {
      if (of(step).at(-1)?.kind !== 'reached') await journal.append({ kind: 'reached', step, found });
    },
    close: async () => {
      const closed = timesOf(journal.entries());
      await journal.append({ kind: 'closed', ...closed });
      return { ...opening, ...closed };
    },
  };
}

const openingOf = (run: string, { verb, from, to, unreachable, unfenced, loss, serving }: Handover): Opening => ({
  kind: 'opened',
  schema: 1,
  run,
  verb,
  from: titleOf(from),
  to: titleOf(to),
  accepted: { unreachable, unfenced, loss, ...(serving === undefined ? {} : { serving: titleOf(serving) }) },
});

const prefixOf = ({ verb, from, to }: Handover): string => `${verb}-${titleOf(from)}-${titleOf(to)}-`;
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');

/** The name of the last run of the same handover, when it was not closed. */
async function openRun(folder: string, handover: Handover): Promise<string | undefined> {
  const runs = (await readdir(folder).catch(() => [])).filter(name => name.startsWith(prefixOf(handover))).toSorted();
  const last = runs.at(-1);
  if (last === undefined) return undefined;
  const text = await readFile(join(folder, last, FILES.journal), 'utf8').catch(() => '');
  return entriesOf(readChain(FORM, text).entries, 'closed').length > 0 ? undefined : last;
}

function timesOf(entries: readonly Entry<Body>[]): Pick<Closed, 'steps' | 'seconds'> {
  const steps = entriesOf(entries, 'began').map(({ step, atMs }) => {
    const end = entriesOf(entries, 'reached').findLast(reached => reached.step === step)?.atMs ?? atMs;
    return { step, seconds: (end - atMs) / 1000, changes: entriesOf(entries, 'changing').filter(change => change.step === step).length };
  });
  const began = entriesOf(entries, 'began')[0]?.atMs ?? 0;
  const end = entriesOf(entries, 'reached').at(-1)?.atMs ?? began;
  return { steps, seconds: (end - began) / 1000 };
}
