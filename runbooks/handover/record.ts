/**
 * What a handover leaves behind: a file a step, each on disk before the next step begins, and one with all times at the end.
 *
 * A run that was killed is taken up again under its own name; what it had done is seen on AWS, only its times are read from here.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { digestsOf, writeEvidence } from '../evidence/evidence.js';
import type { Change } from './change.js';
import { describeChange } from './change.js';
import { type Handover, titleOf } from './handover.js';

const stepRecord = z.object({
  schema: z.literal(1),
  step: z.string(),
  beganAtMs: z.number(),
  /** Undefined while it is on its way. */
  doneAtMs: z.number().optional(),
  found: z.string(),
  changes: z.array(z.object({ atMs: z.number(), what: z.string() })),
});
export type StepRecord = z.infer<typeof stepRecord>;

export interface Recorder {
  readonly run: string;
  readonly folder: string;
  /** What is known of a step from before this process. */
  before(step: string): StepRecord | undefined;
  write(record: StepRecord): Promise<void>;
  /** Ends the record: nobody takes it up again. */
  close(): Promise<Closed>;
}

export interface Closed {
  readonly schema: 1;
  readonly run: string;
  readonly from: string;
  readonly to: string;
  readonly accepted: Pick<Handover, 'unreachable' | 'unfenced' | 'loss'> & { readonly serving?: string };
  readonly steps: readonly { readonly step: string; readonly seconds: number; readonly changes: number }[];
  /** From the first step's beginning to the last one's end. */
  readonly seconds: number;
  readonly sha256: Readonly<Record<string, string>>;
}

const CLOSED = 'closed.json';

/** A new record, or that of a run that was not closed. */
export async function openRecord(folder: string, handover: Handover, nowMs: number): Promise<Recorder> {
  const run = (await openRun(folder, handover)) ?? `${prefixOf(handover)}${stamp(nowMs)}`;
  const here = join(folder, run);
  const steps = new Map((await readSteps(here)).map(record => [record.step, record]));
  return {
    run,
    folder: here,
    before: step => steps.get(step),
    write: async record => {
      steps.set(record.step, record);
      await writeEvidence(here, `${record.step}.json`, `${JSON.stringify(record)}\n`);
    },
    close: async () => {
      const closed = summary(run, handover, [...steps.values()], await digestsOf(here));
      await writeEvidence(here, CLOSED, `${JSON.stringify(closed, undefined, 1)}\n`);
      return closed;
    },
  };
}

/** A change, as a step's record has it. */
export const changed = (change: Change, atMs: number): StepRecord['changes'][number] => ({ atMs, what: describeChange(change) });

const prefixOf = ({ verb, from, to }: Handover): string => `${verb}-${titleOf(from)}-${titleOf(to)}-`;
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');

async function openRun(folder: string, handover: Handover): Promise<string | undefined> {
  const runs = (await readdir(folder).catch(() => [])).filter(name => name.startsWith(prefixOf(handover))).toSorted();
  const last = runs.at(-1);
  if (last === undefined) return undefined;
  return (await readdir(join(folder, last))).includes(CLOSED) ? undefined : last;
}

/** A file that was cut off tells nothing: its step is then timed from now on. */
async function readSteps(folder: string): Promise<readonly StepRecord[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.json') && name !== CLOSED);
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
  return texts.flatMap(text => parsed(text) ?? []);
}

function parsed(text: string): StepRecord | undefined {
  try {
    return stepRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function summary(run: string, handover: Handover, steps: readonly StepRecord[], sha256: Closed['sha256']): Closed {
  const { from, to, unreachable, unfenced, loss, serving } = handover;
  const ordered = steps.toSorted((a, b) => a.beganAtMs - b.beganAtMs);
  const end = Math.max(...ordered.map(({ beganAtMs, doneAtMs }) => doneAtMs ?? beganAtMs));
  return {
    schema: 1,
    run,
    from: titleOf(from),
    to: titleOf(to),
    accepted: { unreachable, unfenced, loss, ...(serving === undefined ? {} : { serving: titleOf(serving) }) },
    steps: ordered.map(record => ({ step: record.step, seconds: secondsOf(record), changes: record.changes.length })),
    seconds: (end - (ordered[0]?.beganAtMs ?? end)) / 1000,
    sha256,
  };
}

const secondsOf = ({ beganAtMs, doneAtMs = beganAtMs }: StepRecord): number => (doneAtMs - beganAtMs) / 1000;
