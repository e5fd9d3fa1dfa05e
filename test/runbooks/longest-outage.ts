import { longestSeconds, type OutageSeconds, outagesIn, spans, type Window } from '../../runbooks/judge/outage.js';
import type { Request } from '../../runbooks/judge/requests.js';

/**
 * The longest outage that overlaps a window, in seconds; 0 when every request in it was answered promptly.
 *
 * `unmeasured` when the requests do not span the window with at most `intervalMs` (and a second) between them.
 */
export function longestOutageSeconds(requests: readonly Request[], intervalMs: number, window: Window): OutageSeconds {
  if (!spans(requests, intervalMs, window)) return 'unmeasured';
  return longestSeconds(outagesIn(requests).filter(({ fromMs, toMs }) => fromMs < window.toMs && toMs > window.fromMs));
}
