/** When jobs are due: by the monotonic clock, each office at its own moments. */

import { inTime } from '../contract/in-time.js';

/** Every run has limits of its own, far below: a job that is not over by then is an error in the program. */
const RUN_LIMIT_MS = 300_000;

export interface Cadence {
  readonly intervalMs: number;
  /** Due at this phase plus every whole number of intervals after the process's start. */
  readonly phaseMs: number;
  /** The first run comes this long after its start, whatever the phase: an office shows up as soon as it can. */
  readonly firstMs: number;
}
export interface Repeating {
  /** Settled when the first run is over. */
  readonly first: Promise<void>;
  stop(): void;
}

const LATE = `a run was not over after ${RUN_LIMIT_MS / 1000} s`;

/** Monotonic milliseconds since the process started. */
type Clock = () => number;

/** The first moment of a cadence after another. A run that took long skips moments; none is ever made up for. */
export const nextDueMs = ({ intervalMs, phaseMs }: Cadence, afterMs: number): number =>
  phaseMs + (Math.floor((afterMs - phaseMs) / intervalMs) + 1) * intervalMs;

/**
 * Runs a job at its cadence until it is stopped, never twice at once. The moments do not drift: a timer is armed for the next of them,
 * not for an interval later.
 *
 * @param bug takes what a run threw, or that it does not end: runs handle what can go wrong in the world, so this is an error in the program
 */
export function repeat(cadence: Cadence, run: () => Promise<void>, nowMs: Clock, bug: (error: unknown) => void): Repeating {
  let timer: NodeJS.Timeout;
  let stopped = false;
  let firstIsOver = (): void => undefined;
  const first = new Promise<void>(resolve => {
    firstIsOver = resolve;
  });
  const arm = (dueMs: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      // Timers may fire a fraction early: what was due is never due again.
      const next = (): void => arm(nextDueMs(cadence, Math.max(dueMs, nowMs())));
      inTime(RUN_LIMIT_MS, run(), LATE).catch(bug).then(next).then(firstIsOver);
    }, dueMs - nowMs());
  };
  arm(nowMs() + cadence.firstMs);
  return {
    first,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** A number from 0 to 1 (1 excluded) that is always the same for the same text: FNV-1a, 32 bits, then mixed. */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // FNV's upper bits hardly depend on the last characters, which is where names of offices differ.
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
