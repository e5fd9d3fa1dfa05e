/** What a client may say of its own request. Pure. */

import * as z from 'zod/mini';
import { echoAnswer, type ProbedSystem, type RequestOutcome, writeAnswer } from '../../contract/canary.js';
import type { Answered, Unanswered } from '../../contract/exchange.js';

export type RequestEnd = Unanswered | Pick<Answered, 'at' | 'status' | 'body'>;

export interface ClassifiedRequest {
  readonly outcome: RequestOutcome;
  readonly reason?: string | undefined;
  readonly site?: string | undefined;
  readonly host?: string | undefined;
  readonly timeline?: number | undefined;
  readonly lsn?: string | undefined;
}

export function classifyRequest({ key, state }: Pick<ProbedSystem, 'key' | 'state'>, end: RequestEnd): ClassifiedRequest {
  if (end.at !== 'answered') return { outcome: end.at === 'connecting' ? 'fail' : 'unknown', reason: end.reason };
  return state === 'database' ? classifyWrite(end.status, end.body) : classifyEcho(key, end.status, end.body);
}

/** Only the canary itself can say `fail`: a proxy's 503 does not say whether the request was forwarded. */
function classifyWrite(status: number, body: string): ClassifiedRequest {
  const answer = z.safeParse(writeAnswer, parseJson(body));
  if (!answer.success) return { outcome: 'unknown', reason: `HTTP ${status} that is not the canary's` };
  return answer.data.outcome === 'ok' && status !== 201
    ? { ...answer.data, outcome: 'unknown', reason: `ok with HTTP ${status}` }
    : answer.data;
}

function classifyEcho(key: string, status: number, body: string): ClassifiedRequest {
  const answer = z.safeParse(echoAnswer, parseJson(body));
  if (status !== 200 || !answer.success) return { outcome: 'unknown', reason: `HTTP ${status} that is not the canary's` };
  const { system, site, host } = answer.data;
  return system === key ? { outcome: 'ok', site, host } : { outcome: 'fail', site, host, reason: `answered by ${system}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
