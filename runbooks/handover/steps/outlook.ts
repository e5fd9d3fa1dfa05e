/** What a step is, and the constructors of what it sees. Pure. */

import type { Change, Mark } from '../change.js';
import type { Handover } from '../handover.js';
import type { DatabaseFacts, Situation } from '../situation.js';
import { conditionOf } from '../statuses.js';

/** What a step sees, and what it would do. */
export interface Outlook {
  readonly found: string;
  readonly changes: readonly Change[];
  /** What is on its way; a step is not reached before. */
  readonly waiting: readonly string[];
  /** Why it must not be taken, and what to do. */
  readonly refused?: { readonly why: string; readonly hint: string };
}

export interface HandoverStep {
  readonly id: string;
  readonly title: (handover: Handover) => string;
  readonly deadlineSeconds: number;
  readonly look: (handover: Handover, situation: Situation) => Outlook;
}

/** The step has nothing left to do. */
export const reached = (found: string): Outlook => ({ found, changes: [], waiting: [] });
/** The step requests changes, in this order, and is looked at again. */
export const change = (found: string, ...changes: readonly Change[]): Outlook => ({ found, changes, waiting: [] });
/** The step changes nothing now, and is looked at again. */
export const wait = (...waiting: readonly string[]): Outlook => ({ found: waiting.join('; '), changes: [], waiting });
/** The step must not be taken: the handover ends with an error. */
export const refuse = (why: string, hint: string): Outlook => ({ found: why, changes: [], waiting: [], refused: { why, hint } });

export const mark = (at: 'from' | 'to', what: Mark, atMs: number): Change => ({ do: 'mark', at, mark: what, atMs });

export const unmark = (at: 'from' | 'to', what: Mark): Change => ({ do: 'unmark', at, mark: what });

/** The marks of a fence on a database. */
export const marksOf = (database: DatabaseFacts | null | undefined): readonly Mark[] => [
  ...(database?.fencedSinceMs === undefined ? [] : ['fenced-since' as const]),
  ...(database?.restartAskedMs === undefined ? [] : ['restart-asked' as const]),
];

/** Whether a database works and accepts changes. */
export const isUsable = (database: DatabaseFacts | null | undefined): boolean => database != null && conditionOf(database) === 'usable';

/** Whether it does nothing until an operator repairs it. */
export const isBroken = (database: DatabaseFacts): boolean => ['down', 'stuck'].includes(conditionOf(database));

/** The refusal to work with a broken database; undefined while it works, or may soon. */
export function refuseBroken(what: string, database: DatabaseFacts): Outlook | undefined {
  return isBroken(database) ? refuse(`${what} is ${database.status}`, 'repair it at RDS, then run it again') : undefined;
}
