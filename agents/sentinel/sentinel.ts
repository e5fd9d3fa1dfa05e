/** Measures how late the machine gives this process the processor. */

import type { Lateness, WatchedStretch } from '../contract/sentinel.js';

/** It wakes up so often: a lateness is seen up to so much shorter than it was. */
const PERIOD_MS = 50;
/** Timers are late by less than this on any quiet machine. */
const PUNCTUAL_MS = 20;
/** A line is said so often. */
const STRETCH_MS = 1000;

export interface SentinelWorld {
  /** Epoch milliseconds that never go back. */
  nowMs(): number;
  say(stretch: WatchedStretch): void;
}

/** Watches from now on. @returns what ends it: it says what it has seen up to then */
export function watch({ nowMs, say }: SentinelWorld): () => void {
  let fromMs = nowMs();
  let dueMs = fromMs + PERIOD_MS;
  let late: Lateness[] = [];
  let timer = setTimeout(tick, PERIOD_MS);

  // One bare timer: a promise and a signal each time would cost more than all the rest.
  function tick(): void {
    const atMs = look();
    if (atMs - fromMs >= STRETCH_MS) report(atMs);
    dueMs = atMs + PERIOD_MS;
    timer = setTimeout(tick, PERIOD_MS);
  }

  function look(): number {
    const atMs = nowMs();
    if (atMs - dueMs > PUNCTUAL_MS) late.push({ atMs, lateMs: Math.round(atMs - dueMs) });
    return atMs;
  }

  function report(toMs: number): void {
    say({ kind: 'watched', fromMs, toMs, late });
    fromMs = toMs;
    late = [];
  }

  return () => {
    clearTimeout(timer);
    report(look());
  };
}
