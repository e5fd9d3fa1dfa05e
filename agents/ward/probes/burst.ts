/** What a burst of datagrams says about a path. Pure. */

/** One datagram that came back. */
export interface Echo {
  readonly sequence: number;
  /** When it left, by the monotonic clock. */
  readonly sentAtMs: number;
  readonly roundTripMs: number;
  /** The office's own wall clock in the middle of the round trip. */
  readonly localMidpointMs: number;
  /** The site's wall clock when it answered. */
  readonly reflectedAtMs: number;
}

export interface PathQuality {
  readonly lossRatio: number;
  /** Median; absent when nothing came back. */
  readonly roundTripSeconds?: number;
  /** Absent with fewer than two answers. */
  readonly jitterSeconds?: number;
}

/** Loss, median round trip, and jitter: the mean difference of consecutive round trips (RFC 5481, section 4.1), lost ones left out. */
export function qualityOf(sent: number, answers: readonly Echo[]): PathQuality {
  const roundTripsMs = [...answers].sort((a, b) => a.sequence - b.sequence).map(({ roundTripMs }) => roundTripMs);
  const differencesMs = roundTripsMs.slice(1).map((later, index) => Math.abs(later - (roundTripsMs[index] ?? later)));
  return {
    lossRatio: sent === 0 ? 0 : (sent - answers.length) / sent,
    ...(answers.length > 0 ? { roundTripSeconds: median(roundTripsMs) / 1000 } : {}),
    ...(answers.length > 1 ? { jitterSeconds: mean(differencesMs) / 1000 } : {}),
  };
}

/** The answer that says most about the clocks: the shorter the round trip, the less can hide in it. */
export const quickest = (answers: readonly Echo[]): Echo | undefined =>
  [...answers].sort((a, b) => a.roundTripMs - b.roundTripMs || a.sequence - b.sequence)[0];

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
