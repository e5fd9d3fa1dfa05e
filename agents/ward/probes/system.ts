/** Whether a shared system answers, as the clerk at the office's counter would see it. */

import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { Probe, SocketAddress } from './probe.js';

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
type Ending = Pick<SystemResult, 'trouble'> & { readonly whole: boolean };

/** Requests `/health` on a connection of its own. Reachable is a whole answer with a status below 500; slow, half or garbage is none. */
export const systemProbe =
  (source: string, { address, port }: SocketAddress): Probe<SystemResult> =>
  signal =>
    new Promise(resolve => {
      const clock = stopwatch();
      const request = get({ agent: false, localAddress: source, host: address, port, path: '/health', signal });
      request.on('socket', socket => socket.once('connect', clock.connected));
      receive(request, ({ whole, trouble }) => {
        resolve({ reachable: trouble === undefined, ...clock.read(whole), ...(trouble === undefined ? {} : { trouble }) });
        request.destroy();
      });
    });

function stopwatch() {
  const startedMs = performance.now();
  let connectSeconds: number | undefined;
  const elapsedSeconds = (): number => (performance.now() - startedMs) / 1000;
  return {
    connected: (): void => {
      connectSeconds = elapsedSeconds();
    },
    read: (whole: boolean): Pick<SystemResult, 'connectSeconds' | 'responseSeconds'> => ({
      ...(connectSeconds === undefined ? {} : { connectSeconds }),
      ...(whole ? { responseSeconds: elapsedSeconds() } : {}),
    }),
  };
}

/** Ends once: later events find the promise settled. */
function receive(request: ClientRequest, finish: (ending: Ending) => void): void {
  const lose = (error: Error): void => finish({ whole: false, trouble: reasonOf(error) });
  request.on('error', lose);
  request.on('response', response => {
    bound(response, () => finish({ whole: false, trouble: `an answer longer than ${ANSWER_BYTES} bytes` }));
    response.on('error', lose);
    response.on('end', () => finish({ whole: response.complete, ...troubleOf(response) }));
  });
}

function bound(response: IncomingMessage, tooLong: () => void): void {
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > ANSWER_BYTES) tooLong();
  });
}

function troubleOf({ complete, statusCode = 0 }: IncomingMessage): Pick<Ending, 'trouble'> {
  if (!complete) return { trouble: 'half an answer' };
  return statusCode < 500 ? {} : { trouble: `status ${statusCode}` };
}

const reasonOf = (error: Error): string => (error.name === 'AbortError' ? 'no whole answer in time' : error.message);
