/** Takes a handover through its steps: looks, acts where something is to be changed, waits until it is done. */

import { WorldError } from '../../infra/city/problem.js';
import type { Stage } from '../drill/run.js';
import type { Change } from './change.js';
import type { Cloud } from './cloud.js';
import { stepsOf } from './course.js';
import type { Handover } from './handover.js';
import { type Closed, openRecord, type Recorder } from './record.js';
import type { HandoverStep, Outlook } from './steps/outlook.js';

const POLL_MS = 5000;
/** A requested change may take so long to show; then it is requested again. */
const ASK_AGAIN_MS = 60_000;

/** Clock and progress of a handover. */
export type Pace = Pick<Stage, 'nowMs' | 'sleep' | 'progress' | 'note'>;

export interface PlannedStep extends Outlook {
  readonly step: string;
  readonly title: string;
}

/** Every step against what is found now; nothing is changed. */
export async function planHandover(handover: Handover, cloud: Cloud, signal: AbortSignal): Promise<readonly PlannedStep[]> {
  const situation = await cloud.look(signal);
  return stepsOf(handover.verb).map(({ id, title, look }) => ({ step: id, title: title(handover), ...look(handover, situation) }));
}

/**
 * Performs a handover, or what is left of it.
 *
 * @returns its times; undefined when there was nothing left to do
 * @throws {WorldError} when a step must not be taken or is late: running it again continues from there
 */
export async function performHandover(
  handover: Handover,
  cloud: Cloud,
  pace: Pace,
  where: { readonly folder: string; readonly signal: AbortSignal },
): Promise<{ readonly folder: string; readonly closed: Closed } | undefined> {
  const planned = await planHandover(handover, cloud, where.signal);
  if (planned.every(isReached)) return undefined;
  const recorder = await openRecord(where.folder, handover, pace.nowMs);
  for (const step of stepsOf(handover.verb)) await take(step, { handover, cloud, pace, recorder, signal: where.signal });
  return { folder: recorder.folder, closed: await recorder.close() };
}

/** Whether a step has nothing left to do. */
export const isReached = ({ changes, waiting, refused }: Outlook): boolean =>
  refused === undefined && changes.length === 0 && waiting.length === 0;

interface Course {
  readonly handover: Handover;
  readonly cloud: Cloud;
  readonly pace: Pace;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
}

async function take(step: HandoverStep, course: Course): Promise<void> {
  const { handover, cloud, pace, recorder, signal } = course;
  const title = step.title(handover);
  const startedMs = pace.nowMs();
  const asked = new Map<string, number>();
  const beganAtMs = await recorder.begin(step.id);
  for (;;) {
    signal.throwIfAborted();
    const outlook = step.look(handover, await cloud.look(signal));
    if (outlook.refused !== undefined) throw refusal(title, outlook.refused);
    if (isReached(outlook)) {
      await recorder.reached(step.id, outlook.found);
      pace.note(`${title}: ${outlook.found} (${Math.round((pace.nowMs() - beganAtMs) / 1000)} s)`);
      return;
    }
    for (const change of due(outlook.changes, asked, pace.nowMs())) {
      await recorder.change(step.id, outlook.found, change);
      asked.set(keyOf(change), pace.nowMs());
      if ((await cloud.perform(change, signal)) === 'taken') continue;
      // The changes after it rely on it.
      asked.delete(keyOf(change));
      break;
    }
    const seconds = Math.floor((pace.nowMs() - startedMs) / 1000);
    if (seconds >= step.deadlineSeconds) throw late(title, step.deadlineSeconds, outlook);
    pace.progress(`${title}, ${seconds} s of ${step.deadlineSeconds}: ${outlook.found}`);
    await pace.sleep(POLL_MS, signal);
  }
}

const due = (changes: readonly Change[], asked: ReadonlyMap<string, number>, nowMs: number): readonly Change[] =>
  changes.filter(change => nowMs - (asked.get(keyOf(change)) ?? Number.NEGATIVE_INFINITY) >= ASK_AGAIN_MS);

/** A mark's time differs from look to look; the mark does not. */
const keyOf = (change: Change): string => JSON.stringify({ ...change, atMs: undefined });

const refusal = (title: string, { why, hint }: NonNullable<Outlook['refused']>): WorldError => new WorldError(`${title}: ${why}`, { hint });

const late = (title: string, seconds: number, { found }: Outlook): WorldError =>
  new WorldError(`${title}: not done in ${seconds} s`, {
    cause: found,
    hint: 'see `citydc aws status`; running it again continues from here',
  });
