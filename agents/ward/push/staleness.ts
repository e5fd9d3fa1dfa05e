/** Which series a site may still hold as living, so that those that are gone can be ended there. */

import type { Series } from '../metrics.js';
import type { Label, Sample } from './write-request.js';

/** What one site has been sent, by the series' identity. It holds as many as the agent exports, and those that are still to be ended. */
export type Sent = Map<string, readonly Label[]>;

/** The samples of a push: every living series, and an end for those that were sent before and live no more. */
export function samplesOf(living: readonly Series[], sent: Sent): readonly Sample[] {
  const samples = living.map(({ name, labels, value }) => ({ labels: sorted(name, labels), value }));
  const alive = new Set(samples.map(({ labels }) => identityOf(labels)));
  const ended = [...sent].filter(([identity]) => !alive.has(identity)).map(([, labels]) => ({ labels, value: undefined }));
  return [...samples, ...ended];
}

/** Takes note of a push. Of one that was not accepted it is unknown what was stored: its series count as sent, and nothing as ended. */
export function remember(sent: Sent, samples: readonly Sample[], accepted: boolean): void {
  for (const { labels, value } of samples) {
    if (value !== undefined) sent.set(identityOf(labels), labels);
    else if (accepted) sent.delete(identityOf(labels));
  }
}

/** Sorted as bytes would be: names are ASCII. */
const sorted = (name: string, labels: Readonly<Record<string, string>>): readonly Label[] =>
  Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));

const identityOf = (labels: readonly Label[]): string => JSON.stringify(labels);
