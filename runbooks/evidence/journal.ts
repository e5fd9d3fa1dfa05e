/** The journal of a drill's run: what it planned, did and saw. `drill list`, `drill judge` and `drill report` show when it is not closed. */

import * as z from 'zod';
import { drillPlan } from '../drill/drill.js';
import { TRANSITIONS, type Transition } from '../drill/transitions.js';
import { VERDICTS } from '../judge/verdict.js';
import { type Chain, type Entry, entriesOf, type Form, MENDED, openChain, type Reading, readChain } from './chain.js';

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
  ...MENDED,
]);
export type JournalBody = z.infer<typeof body>;
export type JournalEntry = Entry<JournalBody>;
export type EntryOf<K extends JournalBody['kind']> = Extract<JournalEntry, { kind: K }>;
export type JournalReading = Reading<JournalBody>;
export type Journal = Chain<JournalBody>;
export type RunOpening = Extract<JournalBody, { kind: 'opened' }>;

/** The plan in a damaged journal, when it is still readable. */
const planOf = (found: readonly JournalEntry[]): Partial<RunOpening> => entriesOf(found, 'opened').map(({ plan }) => ({ plan }))[0] ?? {};

const FORM: Form<JournalBody> = {
  body,
  reopened: (opening, found) => ({ ...opening, ...planOf(found) }) as RunOpening,
  hint: 'citydc drill recover',
};

/** The journal at a path, new or continued; begun anew, it keeps the plan of the damaged one. @see openChain */
export const openJournal = (path: string, nowMs: () => number, opening: RunOpening): Promise<Journal> =>
  openChain(FORM, path, nowMs, opening);

/** A journal from its text. Never throws. Pure. */
export const readJournal = (text: string): JournalReading => readChain(FORM, text);

/** Whether the run ever entered a state. */
export const hasEntered = (entries: readonly JournalEntry[], transition: Transition): boolean =>
  entriesOf(entries, 'transition').some(({ to }) => to === transition);
