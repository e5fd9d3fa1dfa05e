/** What every prober is. */

/**
 * One look at something over the network. It ends when it knows, or at once when the signal is aborted, and leaves nothing open.
 * It never throws: no answer is a result.
 */
export type Probe<T> = (signal: AbortSignal) => Promise<T>;

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** What a probe saw, when it has so long. */
export async function within<T>(deadlineMs: number, probe: Probe<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), deadlineMs);
  try {
    return await probe(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
