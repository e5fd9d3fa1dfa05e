/** Whether a shared system answers, as the clerk at the office's counter would see it. */

import { type Exchanged, exchange } from '../../contract/exchange.js';
import type { SocketAddress } from './probe.js';

/** An answer that is longer is none: a health answer is one line. */
export const ANSWER_BYTES = 65_536;

export interface SystemResult {
  readonly reachable: boolean;
  /** Time to open the connection; absent when none was opened. */
  readonly connectSeconds?: number;
  /** From the first packet to the last byte; absent without a whole answer. */
  readonly responseSeconds?: number;
  /** Why it is not reachable. */
  readonly trouble?: string;
}

/** Requests `/health` on a connection of its own. Reachable is a whole answer with a status below 500; slow, half or garbage is none. */
export function systemProbe(source: string, { address, port }: SocketAddress, answerMs: number): () => Promise<SystemResult> {
  const to = { agent: false, localAddress: source, host: address, port, path: '/health' } as const;
  return async () => resultOf(await exchange({ to, mostBytes: ANSWER_BYTES, limits: { answerMs } }));
}

function resultOf(exchanged: Exchanged): SystemResult {
  const trouble = troubleOf(exchanged);
  const { connectSeconds } = exchanged;
  return {
    reachable: trouble === undefined,
    ...(connectSeconds === undefined ? {} : { connectSeconds }),
    ...(exchanged.at === 'answered' && exchanged.whole ? { responseSeconds: exchanged.answerSeconds } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function troubleOf(exchanged: Exchanged): string | undefined {
  if (exchanged.at !== 'answered') return exchanged.reason;
  if (!exchanged.whole) return `an answer longer than ${ANSWER_BYTES} bytes`;
  return exchanged.status < 500 ? undefined : `status ${exchanged.status}`;
}
