/** A site's receiver of samples: one kept connection, one push at a time. */

import { Agent, type IncomingMessage, request } from 'node:http';
import { type Probe, within } from '../probes/probe.js';
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
/** What is read of an answer; Prometheus sends nothing, or one line. */
const ANSWER_BYTES = 4096;

/** The receiver at a URL, pushed to from the office's own address. */
export function receiverAt(url: string, source: string, deadlineMs = DEADLINE_MS): Receiver {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    push: body => within(deadlineMs, post(url, source, agent, body)).catch(unreachable),
    close: () => agent.destroy(),
  };
}

const post =
  (url: string, source: string, agent: Agent, body: Uint8Array): Probe<Pushed> =>
  signal =>
    new Promise(resolve => {
      const headers = { ...WRITE_HEADERS, 'content-length': body.length };
      const outgoing = request(url, { agent, localAddress: source, method: 'POST', headers, signal });
      outgoing.on('error', error => resolve(unreachable(error)));
      outgoing.on('response', response => receive(response, resolve));
      outgoing.end(body);
    });

const unreachable = (error: Error): Pushed => ({
  outcome: 'unreachable',
  trouble: error.name === 'AbortError' ? 'no answer in time' : error.message,
});

/** Reads the answer to its end, so that the connection can be kept; an endless one is judged by its beginning. */
function receive(response: IncomingMessage, resolve: (pushed: Pushed) => void): void {
  let text = '';
  const judge = (): void => resolve(judged(response.statusCode ?? 0, text));
  response.setEncoding('utf8');
  response.on('data', (part: string) => {
    text += part;
    if (text.length <= ANSWER_BYTES) return;
    judge();
    response.destroy();
  });
  response.on('end', judge);
  response.on('error', error => resolve(unreachable(error)));
}

function judged(status: number, text: string): Pushed {
  if (status >= 200 && status < 300) return { outcome: 'accepted' };
  return { outcome: 'refused', trouble: `status ${status}: ${text.split('\n', 1)[0]?.slice(0, 200)}` };
}
