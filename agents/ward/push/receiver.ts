/** A site's receiver of samples: one kept connection, one push at a time. */

import { Agent } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { exchange } from '../../contract/exchange.js';
import { WRITE_HEADERS } from './write-request.js';

export const OUTCOMES = ['accepted', 'refused', 'unreachable'] as const;
interface Pushed {
  readonly outcome: (typeof OUTCOMES)[number];
  /** Why it was not accepted. */
  readonly trouble?: string;
}
export interface Receiver {
  /** Ends within five seconds. Never throws: what went wrong is an outcome. */
  push(body: Uint8Array): Promise<Pushed>;
  close(): void;
}

const DEADLINE_MS = 5000;
/** What is read of an answer; Prometheus sends nothing, or one line. An endless one is judged by its beginning. */
const ANSWER_BYTES = 4096;

/** The receiver at a URL, pushed to from the office's own address. */
export function receiverAt(url: string, source: string, deadlineMs = DEADLINE_MS): Receiver {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const to = { ...urlToHttpOptions(new URL(url)), agent, localAddress: source, method: 'POST' };
  return {
    push: async body => {
      const headers = { ...WRITE_HEADERS, 'content-length': body.length };
      const exchanged = await exchange({ to: { ...to, headers }, body, mostBytes: ANSWER_BYTES, limits: { answerMs: deadlineMs } });
      return exchanged.at === 'answered' ? judged(exchanged.status, exchanged.body) : { outcome: 'unreachable', trouble: exchanged.reason };
    },
    close: () => agent.destroy(),
  };
}

function judged(status: number, text: string): Pushed {
  if (status >= 200 && status < 300) return { outcome: 'accepted' };
  return { outcome: 'refused', trouble: `status ${status}: ${text.split('\n', 1)[0]?.slice(0, 200)}` };
}
