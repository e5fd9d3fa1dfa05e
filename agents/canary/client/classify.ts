/** What a client may say of its own request. Pure. */

import { echoAnswer, type ProbedSystem, type RequestOutcome, writeAnswer } from '../../contract/canary.js';
import type { Answered, Unanswered } from '../../contract/exchange.js';
import { jsonOf } from '../../contract/json.js';

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
  const answer = jsonOf(writeAnswer, body);
  if (answer === undefined) return { outcome: 'unknown', reason: `HTTP ${status} that is not the canary's` };
  return answer.outcome === 'ok' && status !== 201 ? { ...answer, outcome: 'unknown', reason: `ok with HTTP ${status}` } : answer;
}

function classifyEcho(key: string, status: number, body: string): ClassifiedRequest {
  const answer = jsonOf(echoAnswer, body);
  if (status !== 200 || answer === undefined) return { outcome: 'unknown', reason: `HTTP ${status} that is not the canary's` };
  const { system, site, host } = answer;
  return system === key ? { outcome: 'ok', site, host } : { outcome: 'fail', site, host, reason: `answered by ${system}` };
}
