/** Pushes what the agent knows now to one site. There is no queue: a site that is gone costs no memory, and misses what it missed. */

import type { Metrics, WardCounter } from '../metrics.js';
import type { ReportTrouble } from '../troubles.js';
import { OUTCOMES, type Receiver } from './receiver.js';
import { remember, type Sent, samplesOf } from './staleness.js';
import { writeRequest } from './write-request.js';

const PUSHES = 'citydc_agent_pushes_total' satisfies WardCounter;

export interface Push {
  readonly site: string;
  readonly receiver: Receiver;
  /** Outlives a change of configuration, so that what the new one no longer measures is ended at the site. */
  readonly sent: Sent;
  readonly metrics: Metrics;
  readonly stampMs: () => number;
  readonly report: ReportTrouble;
}

/** One push after another, each with the living samples of its moment. */
export function pusher({ site, receiver, sent, metrics, stampMs, report }: Push): () => Promise<void> {
  for (const outcome of OUTCOMES) metrics.count(PUSHES, { site, outcome }, 0);
  return async () => {
    const samples = samplesOf(await metrics.series(), sent);
    const { outcome, trouble } = await receiver.push(writeRequest(samples, stampMs()));
    remember(sent, samples, outcome === 'accepted');
    metrics.count(PUSHES, { site, outcome });
    report(`push to ${site}`, trouble === undefined ? undefined : `${outcome}, ${trouble}`);
  };
}
