/** The canary's HTTP server. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bodyOf } from '../../contract/body.js';
import { type CanaryAnswer, RESPONSES, type Served } from './answers.js';
import type { Instruments } from './instruments.js';

const MAX_BODY_BYTES = 65_536;
/** Longer than a proxy keeps idle connections: a request must never meet a connection that is just being closed. */
const KEEP_ALIVE_MS = 75_000;

/** A server that listens nowhere yet. */
export function canaryServer(served: Served, instruments: Instruments): Server {
  const server = createServer((request, response) => {
    handle(served, instruments, request, response).catch(error => response.destroy(error));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function handle(served: Served, instruments: Instruments, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://canary');
  if (url.pathname === '/metrics') return sendText(response, await instruments.text(), instruments.contentType);
  const started = performance.now();
  const answer = await answerTo(served, url, request);
  if (isTransaction(url)) instruments.count(outcomeOf(answer), (performance.now() - started) / 1000);
  send(response, answer);
}

async function answerTo(served: Served, url: URL, request: IncomingMessage): Promise<CanaryAnswer> {
  const respond = RESPONSES[`${request.method} ${url.pathname}` as keyof typeof RESPONSES];
  if (respond === undefined) return { status: 404, body: { reason: `known: ${Object.keys(RESPONSES).join(', ')}, GET /metrics` } };
  const body = await bodyOf(request, MAX_BODY_BYTES);
  return body === undefined ? { status: 413, body: { outcome: 'fail', reason: 'body too large' } } : respond(served, url, body);
}

/** Health checks would drown what the metrics are about. */
const isTransaction = ({ pathname }: URL): boolean => pathname === '/documents' || pathname === '/echo';

const outcomeOf = ({ status, body }: CanaryAnswer): string => (body as { outcome?: string }).outcome ?? (status < 300 ? 'ok' : 'fail');

function send(response: ServerResponse, { status, body }: CanaryAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, text: string, contentType: string): void {
  response.writeHead(200, { 'content-type': contentType });
  response.end(text);
}
