import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../../../../runbooks/drill/drill.js';
import { type EngineOptions, type Finished, recover as recoverRun, runDrill } from '../../../../runbooks/drill/engine.js';
import type { Stage } from '../../../../runbooks/drill/run.js';
import type { Transition } from '../../../../runbooks/drill/transitions.js';
import type { RunningCity } from '../../../fabric/realisation.js';
import type { Context, ExitCode } from '../../command.js';
import { openRunningCity } from '../../running-city.js';
import { reportRun } from './outcome.js';

interface Killing {
  readonly killAfter?: Transition;
}

/** `drill run`: the exit code is the verdict's. */
export async function run(context: Context, drill: Drill, options: Killing): Promise<ExitCode> {
  const running = await openRunningCity(context);
  return reportRun(context, await runDrill(drill, running.topology, stageOf(context, running), engineOptions(context, options)));
}

/** `drill recover`: undoes what a killed drill left behind, and closes its run. */
export async function recover(context: Context, options: Killing): Promise<ExitCode> {
  const running = await openRunningCity(context);
  const finished = await recoverRun(stageOf(context, running), running.topology, engineOptions(context, options));
  if (finished === undefined) {
    context.output.result({ schema: 1, recovered: null }, 'nothing is left over from a drill');
    return 0;
  }
  const { run: recovered, folder, closedAs } = finished;
  context.output.result({ schema: 1, recovered, folder, verdict: closedAs }, recoveredWords(finished));
  return 0;
}

/** The line about a recovered run. A run that was killed after it was judged keeps its verdict. */
export const recoveredWords = ({ run: id, closedAs }: Pick<Finished, 'run' | 'closedAs'>): string =>
  `recovered: ${id} is closed as ${closedAs}`;

const engineOptions = (context: Context, { killAfter }: Killing): EngineOptions => ({
  signal: context.interrupted(),
  onTransition: transition => {
    if (transition === killAfter) process.kill(process.pid, 'SIGKILL');
  },
});

const stageOf = ({ output }: Context, { fabric, checks, drillsFolder }: RunningCity): Stage => ({
  fabric,
  checks,
  drillsFolder,
  nowMs: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  progress: output.progress,
  note: output.note,
});
