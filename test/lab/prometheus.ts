/** Questions to a site's Prometheus in the running lab. */

import { askHost } from './citydc.js';
import { eventually } from './eventually.js';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const MONITORS = { s1: 's1-monitor1', s2: 's2-monitor1' } as const;
export type ObservingSite = keyof typeof MONITORS;
export const OBSERVERS = Object.keys(MONITORS) as readonly ObservingSite[];

/** The instant answer to a PromQL query; throws with Prometheus's own words when it refuses. */
export async function query(site: ObservingSite, expression: string): Promise<readonly Sample[]> {
  const script = 'curl -s -m 10 --data-urlencode "query=$1" "http://$(hostname -I | cut -d" " -f1):9090/api/v1/query"';
  const { stdout, stderr } = await askHost(MONITORS[site], 'sh', '-c', script, 'sh', expression);
  const answer = JSON.parse(stdout || `{"error": ${JSON.stringify(stderr)}}`) as Answer;
  if (answer.data === undefined) throw new Error(`${expression}: ${answer.error ?? 'no answer'}`);
  const { resultType, result } = answer.data;
  return resultType === 'scalar'
    ? [{ labels: {}, value: Number(result[1]) }]
    : result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

interface Answer {
  readonly error?: string;
  readonly data?:
    | { readonly resultType: 'vector'; readonly result: readonly { metric: Record<string, string>; value: [number, string] }[] }
    | { readonly resultType: 'scalar'; readonly result: [number, string] };
}

/** The one value of a query; undefined when it has no sample. */
export const value = async (site: ObservingSite, expression: string): Promise<number | undefined> =>
  (await query(site, expression))[0]?.value;

/**
 * Waits until both monitors trust their view and nothing fires but the heartbeat.
 *
 * @param but an alert that may continue firing: that of a lost site does so for two minutes after its return
 */
export const quiet = (but = 'Heartbeat') =>
  eventually('quiet at both sites', async () => {
    const firing = `ALERTS{alertstate="firing",severity!="heartbeat",alertname!="${but}"}`;
    const seen = await Promise.all(OBSERVERS.map(site => value(site, `citydc:observer_settled == 1 unless on () ${firing}`)));
    return seen.every(settled => settled === 1);
  });
