/** Writes that were acknowledged and are not there. Pure. */

import { bodyHashOf, type DocumentList } from '../../agents/contract/canary.js';
import type { Request } from './requests.js';

export interface Losses {
  readonly acknowledged: number;
  /** Sequences that were acknowledged and are absent, or there with another content. */
  readonly lost: readonly number[];
  /** Sent, without a clear answer. They are no losses, whether they are there or not. */
  readonly unknown: number;
  /** Those of the unknown that turned out to be there. */
  readonly unknownPresent: number;
  readonly failed: number;
  /** Refused, and there all the same: the canary's answer was false. */
  readonly failedPresent: readonly number[];
  readonly skipped: number;
  /** From the first lost write to the last acknowledgement that was lost, seconds; 0 when none was. */
  readonly lossSeconds: number;
}

export interface Whose {
  readonly endpoint: string;
  readonly run: string;
  readonly system: string;
}

/** Compares one client's requests with what its system's database holds afterwards. */
export function lossesOf(requests: readonly Request[], { documents }: Pick<DocumentList, 'documents'>, whose: Whose): Losses {
  const stored = new Map(documents.map(({ sequence, bodyHash }) => [sequence, bodyHash]));
  const isThere = ({ sequence }: Request) => stored.get(sequence) === bodyHashOf(whose.endpoint, whose.run, whose.system, sequence);
  const by = (outcome: Request['outcome']) => requests.filter(request => request.outcome === outcome);
  const lost = by('ok').filter(request => !isThere(request));
  return {
    acknowledged: by('ok').length,
    lost: lost.map(({ sequence }) => sequence),
    unknown: by('unknown').length,
    unknownPresent: by('unknown').filter(isThere).length,
    failed: by('fail').length,
    failedPresent: by('fail')
      .filter(isThere)
      .map(({ sequence }) => sequence),
    skipped: by('skipped').length,
    lossSeconds: spanSeconds(lost),
  };
}

/** At least a millisecond: one lost write is a loss. */
const spanSeconds = (lost: readonly Request[]): number =>
  lost.length === 0
    ? 0
    : Math.max(1, Math.max(...lost.map(({ doneMs = 0 }) => doneMs)) - Math.min(...lost.map(({ dueMs }) => dueMs))) / 1000;
