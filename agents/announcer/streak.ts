/** One failed probe is no outage and one answer no recovery: a verdict changes after two in a row. */

export interface Streak {
  readonly healthy: boolean;
  /** Consecutive answers that contradict `healthy`. */
  readonly against: number;
}

/** How many consecutive answers change the verdict. */
const TURNS_AFTER = 2;

export const startStreak = (healthy: boolean): Streak => ({ healthy, against: 0 });

/** The streak after one more answer. */
export function count({ healthy, against }: Streak, answered: boolean): Streak {
  if (answered === healthy) return { healthy, against: 0 };
  return against + 1 >= TURNS_AFTER ? { healthy: answered, against: 0 } : { healthy, against: against + 1 };
}
