/** What the city's Alertmanagers have notified, read from both sites' logs of notices. */

import type { Notice } from '../../agents/contract/notices.js';
import { NOTICE_LOG } from '../../infra/site/programs/notices.js';
import { askHost } from './citydc.js';

const MONITORS = ['s1-monitor1', 's2-monitor1'];

/** One alert of a notification. */
export interface Reported {
  readonly receivedAtMs: number;
  readonly alert: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

/** Everything notified since a moment, in order; a site that is off notifies nothing. */
export async function reportedSince(sinceMs: number): Promise<readonly Reported[]> {
  const logs = await Promise.all(MONITORS.map(async monitor => (await askHost(monitor, 'cat', `${NOTICE_LOG}.1`, NOTICE_LOG)).stdout));
  return logs
    .flatMap(log => log.split('\n').filter(line => line.startsWith('{')))
    .map(line => JSON.parse(line) as Notice)
    .flatMap(reportedBy)
    .filter(({ receivedAtMs }) => receivedAtMs >= sinceMs)
    .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
}

const reportedBy = ({ receivedAt, alerts }: Notice): readonly Reported[] =>
  alerts.map(({ status, labels }) => {
    const { alertname: alert = '' } = labels;
    return { receivedAtMs: Date.parse(receivedAt), alert, status, labels };
  });

/** What fired, each as `EndpointDown e131`, in order. */
export const fired = (reported: readonly Reported[]): readonly string[] => reported.filter(({ status }) => status === 'firing').map(nameOf);
export const resolved = (reported: readonly Reported[]): readonly string[] =>
  reported.filter(({ status }) => status === 'resolved').map(nameOf);

const nameOf = ({ alert, labels: { link, endpoint, node } }: Reported): string => `${alert} ${link ?? endpoint ?? node ?? ''}`.trim();
