import { createServer, type IncomingMessage, type Server } from 'node:http';
import { parseWebhook } from '../contract/notices.js';
import type { NoticeLog } from './log.js';

const BODY_BYTES = 4_000_000;

/** The server that Alertmanager posts to. 200: kept; 400: no webhook; 507: the disk refused, and Alertmanager tries again. */
export const receiver = (log: NoticeLog, now: () => Date, complain: (message: string) => void): Server =>
  createServer(async (request, response) => {
    const [status, message] = await take(request, log, now, complain);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${message}\n`);
  });

async function take(
  request: IncomingMessage,
  log: NoticeLog,
  now: () => Date,
  complain: (message: string) => void,
): Promise<[number, string]> {
  if (request.method !== 'POST') return [405, 'POST a webhook of Alertmanager'];
  const body = await bodyOf(request);
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

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= BODY_BYTES) parts.push(part);
  }
  return bytes > BODY_BYTES ? undefined : Buffer.concat(parts).toString('utf8');
}
