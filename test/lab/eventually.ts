import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 120_000;
const PAUSE_MS = 200;

/** Waits for a state, and says which one never came. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`${what} did not come within ${DEADLINE_MS / 1000} s`);
    await pause(PAUSE_MS);
  }
}
