/** Which site serves. Pure. */

import type { End } from './change.js';
import type { DatabaseFacts, Situation } from './situation.js';

/** Nothing decides: somebody must say it. */
export interface Undecided {
  readonly undecided: string;
}

/** The site whose database takes writes; of two, the one that took over last. */
export function servingOf({ from, to }: Pick<Situation, 'from' | 'to'>): End | Undecided {
  const [left, taking] = [from.database, to.database];
  if (left === undefined || taking === undefined) return { undecided: 'a database does not answer' };
  if (isWriter(left) && isWriter(taking)) return laterOf(left, taking) ?? { undecided: TWO_WRITERS };
  if (isWriter(left)) return 'from';
  return isWriter(taking) ? 'to' : { undecided: 'no database takes writes' };
}

const TWO_WRITERS = 'both databases take writes, and no mark says which took over last: somebody promoted one by other means';

/** One that takes writes. */
type Writer = DatabaseFacts & { readonly copyOf: undefined };

export const isCopy = (database: DatabaseFacts | null | undefined): boolean => database?.copyOf !== undefined;
export const isWriter = (database: DatabaseFacts | null | undefined): database is Writer =>
  database != null && database.copyOf === undefined;

function laterOf(from: DatabaseFacts, to: DatabaseFacts): End | undefined {
  if (tookOverAfter(from, to)) return 'from';
  return tookOverAfter(to, from) ? 'to' : undefined;
}

/** Who carries no mark was the first, or was promoted by others: the former stood before the other was marked. */
function tookOverAfter({ writerSinceMs }: DatabaseFacts, other: DatabaseFacts): boolean {
  if (writerSinceMs === undefined) return false;
  return (other.writerSinceMs ?? other.createdMs ?? Number.POSITIVE_INFINITY) < writerSinceMs;
}

/** Whether a database that takes writes was fenced after it took over: it is history, whatever the other one says. */
export const isLeft = ({ fencedSinceMs, writerSinceMs }: DatabaseFacts): boolean =>
  fencedSinceMs !== undefined && fencedSinceMs > (writerSinceMs ?? 0);
