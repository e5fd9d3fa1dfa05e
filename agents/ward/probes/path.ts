/** The path to a site: a burst of small datagrams, as voice would send them. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Echo } from './burst.js';
import type { PathSocket } from './path-socket.js';
import type { Probe, SocketAddress } from './probe.js';

export const BURST_DATAGRAMS = 10;
/** Voice sends a packet every 20 ms (RFC 3551, section 4.2). */
const SPACING_MS = 20;
/** How long the last one may take to come back. */
const LAST_WAIT_MS = 1000;

/** The answers to one burst. It ends when all are in, one second after the last datagram, or when the signal is aborted. */
export const pathProbe =
  (socket: PathSocket, site: SocketAddress): Probe<readonly Echo[]> =>
  async signal => {
    const flight = socket.open(site, BURST_DATAGRAMS);
    for (let sent = 0; sent < BURST_DATAGRAMS && !signal.aborted; sent += 1) {
      if (sent > 0) await sleep(SPACING_MS);
      flight.send();
    }
    await settled(flight.complete, signal);
    flight.end();
    return [...flight.answers];
  };

function settled(complete: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, LAST_WAIT_MS);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', finish, { once: true });
    complete.then(finish);
  });
}
