/** Open loop: requests are due by the clock, whatever became of those before. Pure. */

export interface Due {
  /** 1 for the first. */
  readonly sequence: number;
  readonly atMs: number;
}

/** The requests that became due after the `last` one (0: none yet), up to now. */
export function dueSince(startMs: number, intervalMs: number, last: number, nowMs: number): readonly Due[] {
  const count = Math.floor((nowMs - startMs) / intervalMs) + 1 - last;
  return Array.from({ length: Math.max(0, count) }, (_, index) => dueAt(startMs, intervalMs, last + 1 + index));
}

/** When a request is due. */
export const dueAt = (startMs: number, intervalMs: number, sequence: number): Due => ({
  sequence,
  atMs: startMs + (sequence - 1) * intervalMs,
});
