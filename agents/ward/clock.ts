/**
 * The time that samples carry: the sites', not the office's.
 *
 * A site's time is held against the monotonic clock, so a step of the office's own clock between two bursts changes nothing.
 * (A machine that was asleep is behind until the next burst, never ahead: a time in the future could shut other offices out.)
 */

import type { Echo } from './probes/burst.js';

export interface SiteClock {
  /** Takes a site's quickest answer; undefined when it gave none. @returns the office's clock minus the site's, milliseconds */
  observe(site: string, answer: Echo | undefined): number | undefined;
  /** Unix time for the next push, whole milliseconds. It never goes back, except from the office's own clock to the first site's. */
  stampMs(): number;
  /** Unix time of the process's start. */
  startMs(): number;
}

export interface Clocks {
  /** Monotonic milliseconds since the process's start. */
  nowMs(): number;
  /** The office's wall clock, right or wrong. */
  wallMs(): number;
}

interface Seen {
  /** The site's Unix time when the monotonic clock was 0. */
  readonly startMs: number;
  readonly roundTripMs: number;
}

/** Estimates differ by fractions of a round trip: a start time that moved by less did not move. */
const SAME_START_MS = 1000;

/** A clock that follows the site with the shortest round trip, the last one seen when none answers, and the office's own before that. */
export function siteClock({ nowMs, wallMs }: Clocks): SiteClock {
  const seen = new Map<string, Seen>();
  let stampedMs = 0;
  let toldStartMs = Number.NaN;
  const offsetStartMs = (): number => best(seen)?.startMs ?? wallMs() - nowMs();
  return {
    observe: (site, answer) => {
      if (answer === undefined) return void (seen.size > 1 && seen.delete(site));
      if (seen.size === 0) stampedMs = 0; // an office's clock that was ahead must not hold the right time back
      const { reflectedAtMs, sentAtMs, roundTripMs, localMidpointMs } = answer;
      seen.set(site, { startMs: reflectedAtMs - (sentAtMs + roundTripMs / 2), roundTripMs });
      return localMidpointMs - reflectedAtMs;
    },
    stampMs: () => {
      stampedMs = Math.max(stampedMs + 1, Math.round(offsetStartMs() + nowMs()));
      return stampedMs;
    },
    startMs: () => {
      if (!(Math.abs(offsetStartMs() - toldStartMs) < SAME_START_MS)) toldStartMs = offsetStartMs();
      return toldStartMs;
    },
  };
}

const best = (seen: ReadonlyMap<string, Seen>): Seen | undefined => [...seen.values()].sort((a, b) => a.roundTripMs - b.roundTripMs)[0];
