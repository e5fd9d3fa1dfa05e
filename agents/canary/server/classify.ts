/**
 * What may be said of a write. Pure.
 *
 * `fail` is a promise that nothing was committed; `ok` that the commit was confirmed without reservation. All else is `unknown`.
 */

import type { RequestOutcome } from '../../contract/canary.js';

export type WriteEnd =
  /** No usable connection: the statement never left. */
  | { readonly at: 'not-sent'; readonly error: unknown }
  /** The statement left, and its answer was an error or none. */
  | { readonly at: 'sent'; readonly error: unknown }
  /** The server confirmed the commit. `warnings` are those raised meanwhile. */
  | { readonly at: 'committed'; readonly warnings: readonly string[]; readonly readBack: ReadBack };

/** What the row read like after the commit: `other` is a row of the same identity with another content. */
export type ReadBack = 'same' | 'other' | 'failed';

export interface ClassifiedWrite {
  readonly outcome: RequestOutcome;
  readonly reason?: string;
}

export function classifyWrite(end: WriteEnd): ClassifiedWrite {
  switch (end.at) {
    case 'not-sent':
      return { outcome: 'fail', reason: messageOf(end.error) };
    case 'sent':
      return { outcome: provesNoCommit(end.error) ? 'fail' : 'unknown', reason: messageOf(end.error) };
    case 'committed':
      return classifyCommitted(end.warnings, end.readBack);
  }
}

/**
 * Any warning while a write commits makes it unknown: a cancelled wait for the synchronous standbys confirms the commit
 * and says only by such a warning that no other host may have it.
 */
function classifyCommitted(warnings: readonly string[], readBack: ReadBack): ClassifiedWrite {
  if (warnings.length > 0) return { outcome: 'unknown', reason: warnings.join('; ') };
  if (readBack === 'failed') return { outcome: 'unknown', reason: 'committed, but it could not be read back' };
  if (readBack === 'other') return { outcome: 'fail', reason: 'another document has this endpoint, run and sequence' };
  return { outcome: 'ok' };
}

/**
 * An ERROR ends the transaction of its statement without a commit. FATAL and PANIC end the session, and may do so between
 * the commit record and its confirmation; so may two kinds of ERROR that say by their code that they do not know.
 *
 * @see PostgreSQL 15, Appendix A: class 08 (connection exception), 40003 (statement completion unknown)
 */
function provesNoCommit(error: unknown): boolean {
  const { severity, code } = fieldsOf(error);
  return severity === 'ERROR' && code !== undefined && !code.startsWith('08') && code !== '40003';
}

/** Severity and SQLSTATE where the error is a server's ErrorResponse. */
export const fieldsOf = (error: unknown): { readonly severity?: string; readonly code?: string } =>
  error instanceof Error ? (error as { severity?: string; code?: string }) : {};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));
