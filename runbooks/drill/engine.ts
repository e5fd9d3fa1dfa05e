/**
 * Runs drills: a state machine whose state is the last transition in the journal.
 *
 * Each transition is on disk before its step acts, and whatever a step does is undone by a rollback that is safe from any state.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WorldError } from '../../infra/city/problem.js';
import { claimRecovery, type Holder, mustBeDead, readLock, releaseLock, takeLock } from '../../infra/fabric/locks/drill.js';
import type { Topology } from '../../infra/site/topology.js';
import { DRILLS } from '../drills/drills.js';
import { entriesOf } from '../evidence/chain.js';
import { FILES, readEvidence, writeEvidence } from '../evidence/evidence.js';
import { hasEntered, type JournalBody, type JournalEntry, openJournal } from '../evidence/journal.js';
import { reportFiles } from '../evidence/report/report.js';
import { type Judgement, judge } from '../judge/judge.js';
import type { Verdict } from '../judge/verdict.js';
import type { Drill, DrillPlan } from './drill.js';
import type { Run, Stage } from './run.js';
import { DrillRefusal, STEPS } from './steps.js';
import { COURSE, type DrillStep, FIRST_TOUCH, ROLLBACK, type Transition } from './transitions.js';

export interface EngineOptions {
  /** Ctrl-C: the run is rolled back and judged `aborted`. */
  readonly signal: AbortSignal;
  /** Called when a transition is on disk and before anything acts on it. */
  readonly onTransition?: (transition: Transition) => void | Promise<void>;
}

export interface Finished {
  readonly run: string;
  readonly folder: string;
  readonly judgement: Judgement;
  /** The verdict in the journal: older than the judgement when the run was closed before. */
  readonly closedAs: Verdict;
}

const ROLLBACK_ATTEMPTS = 3;

/**
 * Runs a drill from its preconditions to its report. When it returns, the city is as it was before.
 *
 * @throws {WorldError} when another drill runs or is left over, or when the rollback failed (then `recover` is the next step)
 */
export async function runDrill(drill: Drill, topology: Topology, stage: Stage, options: EngineOptions): Promise<Finished> {
  const plan = drill.plan(topology, stage.fabric.kind);
  const id = runId(drill, stage.nowMs());
  await takeLock(stage.drillsFolder, id);
  const run = await openRun(id, drill, plan, stage, options.signal);
  await options.onTransition?.('opened');
  const problem = await course(run, options);
  if (problem === undefined) return finish(run, options);
  return breakOff(run, problem, options);
}

/**
 * Undoes what a dead engine left behind, and closes its run as aborted; a run that was closed already only releases its lock.
 *
 * @returns undefined when nothing is left over
 * @throws {WorldError} when the run's engine is alive, when another process recovers it, or when the city did not come back (it may
 *   be called again)
 */
export async function recover(stage: Stage, topology: Topology, options: EngineOptions): Promise<Finished | undefined> {
  const held = await readLock(stage.drillsFolder);
  if (held === undefined) return undefined;
  await mustBeDead(held);
  const claim = await claimRecovery(stage.drillsFolder, held.run);
  try {
    // The recovery before may have ended between the look at the lock and the claim.
    return (await readLock(stage.drillsFolder))?.run === held.run ? await recoverClaimed(held, stage, topology, options) : undefined;
  } finally {
    await claim.release();
  }
}

async function recoverClaimed(held: Holder, stage: Stage, topology: Topology, options: EngineOptions): Promise<Finished> {
  const drill = DRILLS.find(({ name }) => held.run.startsWith(`${name}-`)) ?? DRILLS[0];
  const run = await openRun(held.run, drill, drill.plan(topology, stage.fabric.kind), stage, options.signal);
  const entries = run.journal.entries();
  if (hasEntered(entries, 'closed')) return finish(run, options);
  return breakOff(run, { verdict: 'aborted', reason: deathOf(entries) }, options);
}

function deathOf(entries: readonly JournalEntry[]): string {
  const [damaged] = entriesOf(entries, 'damaged');
  if (damaged === undefined) return `the engine died in '${lastState(entries)}'`;
  return `the engine died, and its journal is damaged (${damaged.problem}): it was set aside as ${damaged.aside}`;
}

async function openRun(id: string, drill: Drill, planned: DrillPlan, stage: Stage, signal: AbortSignal): Promise<Run> {
  const folder = join(stage.drillsFolder, id);
  await mkdir(folder, { recursive: true }).catch(cause => {
    throw new WorldError(`${folder} cannot be written`, { cause, hint: 'see who may write there, and whether the disk is full' });
  });
  const opening = { kind: 'opened', schema: 1, run: id, pid: process.pid, plan: planned } as const;
  const journal = await openJournal(join(folder, FILES.journal), stage.nowMs, opening);
  const plan = entriesOf(journal.entries(), 'opened')[0]?.plan ?? planned;
  return { id, drill, plan, folder, journal, stage, signal, clients: undefined, sentinels: undefined };
}

interface BrokenOff {
  readonly verdict: Verdict;
  readonly reason: string;
  /** A bug of ours: thrown after the rollback. */
  readonly bug?: unknown;
}

/** @returns why it was broken off; undefined when it went through */
async function course(run: Run, options: EngineOptions): Promise<BrokenOff | undefined> {
  try {
    for (const step of COURSE) await perform(run, step, options);
    return undefined;
  } catch (error) {
    if (run.signal.aborted) return { verdict: 'aborted', reason: (run.signal.reason as Error).message };
    if (error instanceof DrillRefusal) return { verdict: 'aborted', reason: error.message };
    if (error instanceof WorldError) return { verdict: 'inconclusive', reason: wordsOf(error) };
    return { verdict: 'inconclusive', reason: `a bug: ${error}`, bug: error };
  }
}

const wordsOf = ({ message, cause }: WorldError): string =>
  cause === undefined ? message : `${message} (${cause instanceof Error ? cause.message : cause})`;

async function perform(run: Run, step: DrillStep, { onTransition }: EngineOptions): Promise<void> {
  run.signal.throwIfAborted();
  await enter(run, step, onTransition);
  run.signal.throwIfAborted();
  await STEPS[step](run);
}

async function enter({ journal, stage }: Run, to: Transition, onTransition: EngineOptions['onTransition']): Promise<void> {
  await journal.append({ kind: 'transition', to });
  stage.note(`state: ${to}`);
  await onTransition?.(to);
}

async function breakOff(run: Run, { verdict, reason, bug }: BrokenOff, options: EngineOptions): Promise<Finished> {
  const touched = mayHaveTouched(run.journal.entries());
  await run.journal.append({ kind: 'broken-off', verdict, reason } satisfies JournalBody);
  await enter(run, 'break-off', options.onTransition);
  run.stage.note(reason);
  const undoing: Run = { ...run, signal: new AbortController().signal };
  if (touched) for (const step of ROLLBACK) await undo(undoing, step, options);
  const finished = await finish(undoing, options);
  if (bug !== undefined) throw bug;
  return finished;
}

/** Whether the city may have been touched. A damaged journal does not prove that it was not. */
const mayHaveTouched = (entries: readonly JournalEntry[]): boolean =>
  hasEntered(entries, FIRST_TOUCH) || entriesOf(entries, 'damaged').length > 0;

/** A rollback does not give up at the first trouble: Ctrl-C may have reached the commands that it had under way. */
async function undo(run: Run, step: DrillStep, options: EngineOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const problem = await perform(run, step, options).catch((error: unknown) => error);
    if (problem === undefined) return;
    if (!(problem instanceof WorldError)) throw problem;
    if (attempt === ROLLBACK_ATTEMPTS) throw rollbackFailed(run, step, problem);
    run.stage.note(`${step} failed, trying again: ${wordsOf(problem)}`);
  }
}

const rollbackFailed = ({ id }: Run, step: DrillStep, cause: WorldError): WorldError =>
  new WorldError(`the rollback of ${id} failed in '${step}'`, { cause, hint: 'next: citydc drill recover' });

/** Judges, writes the reports, closes the journal, releases the lock. Safe twice: a run that is closed already only releases its lock. */
async function finish(run: Run, { onTransition }: EngineOptions): Promise<Finished> {
  const { folder, journal, stage, id } = run;
  const reported = hasEntered(journal.entries(), 'closed');
  if (!reported) await enter(run, 'judge', onTransition);
  const judgement = judge(await readEvidence(folder));
  if (!reported) {
    for (const [path, text] of Object.entries(reportFiles(judgement))) await writeEvidence(folder, path, text);
    await enter(run, 'closed', onTransition);
  }
  const [closed] = entriesOf(journal.entries(), 'closed');
  if (closed === undefined) await journal.append({ kind: 'closed', verdict: judgement.verdict });
  await releaseLock(stage.drillsFolder);
  return { run: id, folder, judgement, closedAs: closed?.verdict ?? judgement.verdict };
}

const lastState = (entries: readonly JournalEntry[]): string => entriesOf(entries, 'transition').at(-1)?.to ?? 'opened';

/** `site-loss-20261123T081547Z`: sorts by time, and one engine at a time makes it unique. */
const runId = ({ name }: Drill, nowMs: number): string => `${name}-${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
