/** What the city's Alertmanagers have told, read from both sites' logs of notices. */

import type { Notice } from '../../agents/contract/notices.js';
import { NOTICE_LOG } from '../../infra/site/programs/notices.js';
import { askHost } from './citydc.js';

const MONITORS = ['s1-monitor1', 's2-monitor1'];

/** One alert of a notification. */
export interface Told {
  readonly receivedAtMs: number;
  readonly alert: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

/** Everything told since a moment, in order; a site that is off tells nothing. */
export async function toldSince(sinceMs: number): Promise<readonly Told[]> {
  const logs = await Promise.all(MONITORS.map(async monitor => (await askHost(monitor, 'cat', `${NOTICE_LOG}.1`, NOTICE_LOG)).stdout));
  return logs
    .flatMap(log => log.split('\n').filter(line => line.startsWith('{')))
    .map(line => JSON.parse(line) as Notice)
    .flatMap(toldBy)
    .filter(({ receivedAtMs }) => receivedAtMs >= sinceMs)
    .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
}

const toldBy = ({ receivedAt, alerts }: Notice): readonly Told[] =>
  alerts.map(({ status, labels }) => {
    const { alertname: alert = '' } = labels;
    return { receivedAtMs: Date.parse(receivedAt), alert, status, labels };
  });

/** What fired, each as `EndpointDown e131`, in order. */
export const fired = (told: readonly Told[]): readonly string[] => told.filter(({ status }) => status === 'firing').map(nameOf);
export const resolved = (told: readonly Told[]): readonly string[] => told.filter(({ status }) => status === 'resolved').map(nameOf);

const nameOf = ({ alert, labels: { link, endpoint, node } }: Told): string => `${alert} ${link ?? endpoint ?? node ?? ''}`.trim();
