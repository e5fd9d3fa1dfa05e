import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeChange } from '../../../../runbooks/handover/change.js';
import { isReached, type PlannedStep, performHandover, planHandover } from '../../../../runbooks/handover/engine.js';
import { type Handover, titleOf, type Verb } from '../../../../runbooks/handover/handover.js';
import type { Closed } from '../../../../runbooks/handover/record.js';
import type { Context, ExitCode } from '../../command.js';
import { rootOf } from '../../place.js';
import { table } from '../../table.js';
import { cloudOf, handoverOf, nowMs, type OptionsOf } from './request.js';

/** A verb's action: prints its plan, or with `--execute` carries it out and prints the result. */
export const run =
  <V extends Verb>(verb: V) =>
  async (context: Context, inventory: string | undefined, options: OptionsOf[V]): Promise<ExitCode> => {
    const signal = context.interrupted();
    const handover = await handoverOf(verb, inventory, options, context);
    if (!options.execute) return reportPlan(context, handover, await planHandover(handover, await cloudOf(handover, options), signal));
    const where = { folder: join(rootOf(context), 'aws'), signal };
    const pace = { nowMs, sleep: pause, progress: context.output.progress, note: context.output.note };
    const done = await performHandover(handover, await cloudOf(handover, options), pace, where);
    return reportDone(context, handover, done);
  };

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

function reportPlan({ output }: Context, handover: Handover, steps: readonly PlannedStep[]): ExitCode {
  const refused = steps.filter(step => step.refused !== undefined);
  const rows = steps.map(step => [step.title, step.found, stateOfStep(step)]);
  const open = steps.some(step => !isReached(step));
  const next = open ? 'nothing was changed; to do it: the same with --execute' : 'nothing is left to do';
  const from = titleOf(handover.from);
  output.result(
    { schema: 1, verb: handover.verb, from, to: titleOf(handover.to), steps },
    `${table(['step', 'found', 'would'], rows)}\n${next}`,
  );
  // A refused step is a problem only when it is the next one: earlier steps may make a later one possible.
  return refused.length > 0 && steps.findIndex(step => !isReached(step)) === steps.indexOf(refused[0] as PlannedStep) ? 1 : 0;
}

function stateOfStep({ refused, changes, waiting }: PlannedStep): string {
  if (refused !== undefined) return `not yet: ${refused.hint}`;
  if (changes.length > 0) return changes.map(describeChange).join('; ');
  return waiting.length > 0 ? 'wait' : '-';
}

function reportDone(
  { output }: Context,
  { verb }: Handover,
  done: { readonly folder: string; readonly closed: Closed } | undefined,
): ExitCode {
  if (done === undefined) {
    output.result({ schema: 1, verb, steps: [] }, 'nothing was left to do');
    return 0;
  }
  const rows = done.closed.steps.map(({ step, seconds, changes }) => [step, seconds, changes]);
  output.result(
    { folder: done.folder, ...done.closed },
    `${table(['step', 'seconds', 'changes'], rows)}\n${done.closed.seconds} s in all; evidence: ${done.folder}`,
  );
  return 0;
}
