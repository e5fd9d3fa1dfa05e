/** One request on a fresh connection, as a browser at an office's counter would open it. */

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { RequestEnd } from './classify.js';

export interface RequestOptions {
  /** Address that the connection starts from. */
  readonly source: string;
  readonly address: string;
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly connectTimeoutMs: number;
  /** From the connection to the end of the answer. */
  readonly requestTimeoutMs: number;
}

/** How the request ended. Never throws, and ends within both timeouts together. */
export function send(options: RequestOptions): Promise<RequestEnd> {
  return new Promise(resolve => {
    const request = open(options);
    let at: 'connecting' | 'waiting' = 'connecting';
    const finish = (end: RequestEnd) => {
      clearTimeout(timer);
      request.destroy();
      resolve(end);
    };
    const lose = (reason: string) => finish({ at, reason });
    let timer = setTimeout(() => lose('no connection in time'), options.connectTimeoutMs);
    request.on('socket', socket =>
      socket.once('connect', () => {
        at = 'waiting';
        clearTimeout(timer);
        timer = setTimeout(() => lose('no answer in time'), options.requestTimeoutMs);
      }),
    );
    request.on('error', error => lose(error.message));
    request.on('response', response => receive(response, lose, finish));
    request.end(options.body);
  });
}

function open({ source, address, port, method, path, body }: RequestOptions): ClientRequest {
  const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return httpRequest({ agent: false, localAddress: source, host: address, port, method, path, headers });
}

/** Half an answer is none. */
function receive(response: IncomingMessage, lose: (reason: string) => void, finish: (end: RequestEnd) => void): void {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (part: string) => {
    body += part;
  });
  response.on('error', error => lose(error.message));
  response.on('end', () =>
    response.complete ? finish({ at: 'answered', status: response.statusCode ?? 0, body }) : lose('half an answer'),
  );
}
