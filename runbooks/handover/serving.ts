/** Which site serves. Pure. */

import type { SiteOnAws } from '../../infra/aws/plan/names.js';
import { WorldError } from '../../infra/city/problem.js';
import type { End } from './change.js';
import { type Handover, titleOf } from './handover.js';
import type { DatabaseFacts, Situation } from './situation.js';

/** What is found does not decide which site serves: the operator must state it. */
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

const TWO_WRITERS = 'both databases take writes, and no mark says which took over last: one was promoted by other means';

/** One that takes writes. */
type Writer = DatabaseFacts & { readonly copyOf: undefined };

/** Whether a database follows another one; false when there is none, or none answers. */
export const isCopy = (database: DatabaseFacts | null | undefined): boolean => database?.copyOf !== undefined;
/** Whether a database takes writes; false when there is none, or none answers. */
export const isWriter = (database: DatabaseFacts | null | undefined): database is Writer =>
  database != null && database.copyOf === undefined;

function laterOf(from: DatabaseFacts, to: DatabaseFacts): End | undefined {
  if (tookOverAfter(from, to)) return 'from';
  return tookOverAfter(to, from) ? 'to' : undefined;
}

/** A database without a mark was the first writer, or was promoted by other means: the first was created before the other was marked. */
function tookOverAfter({ writerSinceMs }: DatabaseFacts, other: DatabaseFacts): boolean {
  if (writerSinceMs === undefined) return false;
  return (other.writerSinceMs ?? other.createdMs ?? Number.POSITIVE_INFINITY) < writerSinceMs;
}

/** Whether a database that takes writes was fenced after it took over: it is a former one, whatever is known of the other. */
export const isLeft = ({ fencedSinceMs, writerSinceMs }: DatabaseFacts): boolean =>
  fencedSinceMs !== undefined && fencedSinceMs > (writerSinceMs ?? 0);

/** The site that serves, or why that is not known. What the operator states counts only where nothing else decides. */
export function servingPlace(handover: Handover, situation: Situation): SiteOnAws | WorldError {
  const found = servingOf(situation);
  if (found === 'from' || found === 'to') return agreed(handover, handover[found]);
  const said = (['from', 'to'] as const).find(end => handover[end] === handover.serving);
  if (said !== undefined && isWriter(situation[said].database)) return handover[said];
  return new WorldError(`it is not known which site serves: ${found.undecided}`, { hint: WHO });
}

const agreed = ({ serving }: Handover, found: SiteOnAws): SiteOnAws | WorldError =>
  serving === undefined || serving === found
    ? found
    : new WorldError(`${titleOf(found)} serves, not ${titleOf(serving)}`, { hint: 'run it again without --serving' });

const WHO = 'find out which one offices write to (citydc aws status), then state it: --serving s1, or --serving s2';
