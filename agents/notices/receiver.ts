import { createServer, type IncomingMessage, type Server } from 'node:http';
import { bodyOf } from '../contract/body.js';
import { parseWebhook } from '../contract/notices.js';
import type { NoticeLog } from './log.js';

const BODY_BYTES = 4_000_000;

/**
 * The server that Alertmanager posts to. 200: kept; 400: no webhook; 507: the disk refused, and Alertmanager tries again.
 *
 * @param metrics what GET /metrics answers; 503 while it cannot be read
 */
export const receiver = (log: NoticeLog, now: () => Date, complain: (message: string) => void, metrics: () => Promise<string>): Server =>
  createServer((request, response) => {
    const answer = ([status, message]: [number, string]) =>
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${message}\n`);
    if (request.method === 'GET' && request.url === '/metrics')
      return void metrics().then(
        text => answer([200, text.trimEnd()]),
        error => answer([503, (error as Error).message]),
      );
    // Who goes away in the middle of what it posts hears nothing more.
    take(request, log, now, complain).then(answer, () => response.destroy());
  });

async function take(
  request: IncomingMessage,
  log: NoticeLog,
  now: () => Date,
  complain: (message: string) => void,
): Promise<[number, string]> {
  if (request.method !== 'POST') return [405, 'POST a webhook of Alertmanager'];
  const body = await bodyOf(request, BODY_BYTES);
  if (body === undefined) return [413, `more than ${BODY_BYTES} bytes`];
  const parsed = parseWebhook(body);
  if (!parsed.ok) return [400, parsed.problems.join('\n')];
  try {
    await log.append({ schema: 1, receivedAt: now().toISOString(), ...parsed.value });
    return [200, 'kept'];
  } catch (error) {
    complain(`notice not kept: ${(error as Error).message}`);
    return [507, (error as Error).message];
  }
}
