/** Whether what is not ours can be reached at all. */

import { connect } from 'node:net';
import type { Probe, SocketAddress } from './probe.js';

export interface TargetResult {
  readonly reachable: boolean;
  /** Time to open the connection; absent when none was opened. */
  readonly connectSeconds?: number;
  /** Why it is not reachable. */
  readonly trouble?: string;
}

/**
 * Opens a TCP connection and closes it. A connection that is refused counts as reachable: only the far machine (or its firewall) can
 * have sent the refusal, so the way there works, and what it runs on that port is not ours to judge.
 */
export const targetProbe =
  (source: string, { address, port }: SocketAddress): Probe<TargetResult> =>
  signal =>
    new Promise(resolve => {
      const startedMs = performance.now();
      const socket = connect({ host: address, port, localAddress: source });
      const finish = (result: TargetResult): void => {
        signal.removeEventListener('abort', giveUp);
        socket.destroy();
        resolve(result);
      };
      const giveUp = (): void => finish({ reachable: false, trouble: 'no connection in time' });
      signal.addEventListener('abort', giveUp, { once: true });
      socket.once('connect', () => finish({ reachable: true, connectSeconds: (performance.now() - startedMs) / 1000 }));
      socket.on('error', error => finish(resultOf(error)));
    });

const resultOf = (error: NodeJS.ErrnoException): TargetResult =>
  error.code === 'ECONNREFUSED' ? { reachable: true } : { reachable: false, trouble: error.message };
