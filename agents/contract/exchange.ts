/**
 * One HTTP request and what came of it, whatever the peer does: nothing, garbage, `101 Switching Protocols` (to which Node's request emits
 * neither a response nor an error), half an answer, or one without end.
 */

import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';

export interface Question {
  readonly to: RequestOptions;
  /** Over TLS: `request` of `node:https`, which programs that never use it need not load. */
  readonly by?: typeof request;
  readonly body?: string | Uint8Array | undefined;
  /** What is read of an answer; the rest is not waited for. */
  readonly mostBytes: number;
  readonly limits: ExchangeLimits;
}

interface ExchangeLimits {
  /** For the connection alone; without it, connecting takes of the answer's time. */
  readonly connectMs?: number;
  /** To the last byte: from the connection where that has a limit of its own, otherwise from the start. */
  readonly answerMs: number;
}

export interface Answered {
  readonly at: 'answered';
  readonly status: number;
  readonly body: string;
  /** Whether it ended within the bytes that are read. */
  readonly whole: boolean;
  /** From the start to the last byte that was read. */
  readonly answerSeconds: number;
}

export interface Unanswered {
  /** `connecting`: no connection came about, so it was provably not sent. `waiting`: perhaps sent, and no whole answer came. */
  readonly at: 'connecting' | 'waiting';
  readonly reason: string;
}

export type Exchanged = (Answered | Unanswered) & {
  /** Time to open the connection; absent when none was opened, or when an agent had kept one. */
  readonly connectSeconds?: number;
};

/** How it ended: by the limits at the latest, on a clock of our own, and never by throwing. Nothing stays open but what an agent keeps. */
export function exchange(question: Question): Promise<Exchanged> {
  return new Promise(resolve => {
    try {
      follow((question.by ?? request)(question.to), question, resolve);
    } catch (error) {
      resolve({ at: 'connecting', reason: (error as Error).message });
    }
  });
}

function follow(
  outgoing: ClientRequest,
  { body, mostBytes, limits: { connectMs, answerMs } }: Question,
  resolve: (exchanged: Exchanged) => void,
): void {
  const startedMs = performance.now();
  const elapsedSeconds = (): number => (performance.now() - startedMs) / 1000;
  let at: Unanswered['at'] = 'connecting';
  let connected: Pick<Exchanged, 'connectSeconds'> = {};
  let timer: NodeJS.Timeout | undefined;
  const allow = (ms: number, late: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => lose(late), ms);
  };
  /** Ends once: later events find the promise settled. */
  const finish = (end: Answered | Unanswered): void => {
    clearTimeout(timer);
    resolve({ ...end, ...connected });
  };
  const lose = (reason: string): void => {
    finish({ at, reason });
    outgoing.destroy();
  };
  const waitForAnswer = (): void => {
    at = 'waiting';
    if (connectMs !== undefined) allow(answerMs, NO_ANSWER);
  };
  allow(connectMs ?? answerMs, connectMs === undefined ? NO_ANSWER : 'no connection in time');
  outgoing.on('socket', socket => {
    if (!socket.connecting) return waitForAnswer();
    socket.once('connect', () => {
      connected = { connectSeconds: elapsedSeconds() };
      waitForAnswer();
    });
  });
  outgoing.on('error', error => lose(error.message));
  outgoing.on('upgrade', (_response, socket) => {
    socket.destroy();
    lose('status 101');
  });
  let closed = 'the connection was closed';
  outgoing.on('close', () => lose(closed));
  outgoing.on('response', response => {
    closed = 'half an answer';
    read(response, mostBytes, (text, whole) => {
      finish({ at: 'answered', status: response.statusCode ?? 0, body: text, whole, answerSeconds: elapsedSeconds() });
      if (!whole) outgoing.destroy();
    });
  });
  outgoing.end(body);
}

const NO_ANSWER = 'no answer in time';

/** Half an answer is none: one that breaks off closes the request. */
function read(response: IncomingMessage, mostBytes: number, answered: (body: string, whole: boolean) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const body = (): string => Buffer.concat(parts).toString('utf8');
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    parts.push(part);
    if (bytes > mostBytes) answered(body(), false);
  });
  response.on('error', () => undefined);
  response.on('end', () => (response.complete ? answered(body(), true) : undefined));
}
