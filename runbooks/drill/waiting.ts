/** Waiting for the city, with a deadline and the name of what is late. */

import { WorldError } from '../../infra/city/problem.js';
import { observe } from '../../infra/fabric/observe.js';
import type { Check } from '../../infra/fabric/steady-state.js';
import type { Run } from './run.js';

const POLL_MS = 500;
const STEADY_POLL_MS = 2000;

/**
 * Asks until nothing is open any more. What cannot be read now counts as open. Asking takes half of the time at most.
 *
 * @param ask returns what is still open, for a person
 * @returns what was open at the deadline; nothing when all is done
 * @throws the signal's reason when it is aborted
 */
export async function until(
  { stage, signal }: Pick<Run, 'stage' | 'signal'>,
  doing: string,
  deadlineSeconds: number,
  ask: () => Promise<readonly string[]>,
  pollMs = POLL_MS,
): Promise<readonly string[]> {
  const startedMs = stage.nowMs();
  for (;;) {
    signal.throwIfAborted();
    const askedMs = stage.nowMs();
    const open = await ask().catch(unreadable);
    const seconds = Math.floor((stage.nowMs() - startedMs) / 1000);
    if (open.length === 0 || seconds >= deadlineSeconds) return open;
    stage.progress(`${doing}, ${seconds} s of ${deadlineSeconds}: ${summary(open)}`);
    await stage.sleep(Math.max(pollMs, stage.nowMs() - askedMs), signal);
  }
}

/** Asking again would not help. */
export class Hopeless extends WorldError {}

function unreadable(error: unknown): readonly string[] {
  if (error instanceof WorldError && !(error instanceof Hopeless)) return [error.message];
  throw error;
}

/**
 * Waits until the checks hold, asking seldom: the checks must not slow a returning city down.
 *
 * Checks that held once are repeated only at the end, all together.
 *
 * @throws {WorldError} naming what is late at the deadline
 */
export async function steady(run: Run, doing: string, checks: readonly Check[]): Promise<void> {
  let asked = checks;
  const ask = async (): Promise<readonly string[]> => {
    const late = (await observe(asked, run.stage.fabric, run.signal)).filter(({ state }) => state !== 'ok');
    const again = late.length === 0 && asked.length < checks.length;
    asked = late.length === 0 ? checks : checks.filter(({ id }) => late.some(({ check }) => check === id));
    return again ? ['all checks once more'] : late.map(({ check, detail }) => `${check} (${detail})`);
  };
  const seconds = run.plan.limits.steadySeconds;
  failWhenOpen(doing, seconds, await until(run, doing, seconds, ask, STEADY_POLL_MS));
}

/** @throws {WorldError} when something is still open */
export function failWhenOpen(doing: string, deadlineSeconds: number, open: readonly string[]): void {
  if (open.length > 0)
    throw new WorldError(`${doing}: not done in ${deadlineSeconds} s`, { cause: open.join('; '), hint: 'see `citydc status`' });
}

const SHOWN = 3;
const summary = (open: readonly string[]): string =>
  open.length <= SHOWN ? open.join('; ') : `${open.slice(0, SHOWN).join('; ')} and ${open.length - SHOWN} more`;
