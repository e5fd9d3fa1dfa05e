/** What one client asked of one system, request by request. Pure. */

import type { RequestOutcome } from '../../agents/contract/canary.js';
import type { IntentRecord, Ledger, OutcomeRecord, SkippedRecord } from '../../agents/contract/ledger.js';

export interface Request {
  readonly sequence: number;
  /** When it was due: an office's patience starts then. */
  readonly dueMs: number;
  /** `skipped`: the client could not even send it. */
  readonly outcome: RequestOutcome | 'skipped';
  /** When its outcome was known; undefined when it never was. */
  readonly doneMs: number | undefined;
  readonly site?: string | undefined;
  readonly timeline?: number | undefined;
  readonly lsn?: string | undefined;
}

/** One system's requests, in the order in which they were due. An intent without outcome is unknown. */
export function requestsOf({ records }: Ledger, system: string): readonly Request[] {
  const mine = records.filter(record => record.kind !== 'ended').filter(record => record.system === system);
  const outcomes = new Map(mine.filter(record => record.kind === 'outcome').map(record => [record.sequence, record]));
  return mine
    .filter(record => record.kind !== 'outcome')
    .map(record => toRequest(record, outcomes.get(record.sequence)))
    .toSorted((a, b) => a.dueMs - b.dueMs);
}

function toRequest({ kind, sequence, atMs }: IntentRecord | SkippedRecord, known: OutcomeRecord | undefined): Request {
  if (kind === 'skipped') return { sequence, dueMs: atMs, outcome: 'skipped', doneMs: undefined };
  const { outcome = 'unknown', doneAtMs: doneMs, site, timeline, lsn } = known ?? {};
  return { sequence, dueMs: atMs, outcome, doneMs, site, timeline, lsn };
}
