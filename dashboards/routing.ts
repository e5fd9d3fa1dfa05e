import { type City, nodeName, type Site } from '../infra/city/model.js';

/**
 * How long an Alertmanager waits for the other to notify first.
 *
 * Prometheus sends at whole multiples of two seconds. Waits of groups are odd, so that a flush never falls on the arrival of an alert's
 * end: one Alertmanager would notify the end, the other would still hold the alert as firing, find its end notified, and repeat it
 * (prometheus/alertmanager#4008). Intervals are even, so that this stays so. And this is odd, so that the moment at which the second would
 * notify never falls on the one at which the first does. Shorter than `group_interval`: else the all-clear overtakes what it waits with.
 */
export const PEER_TIMEOUT = '3s';

/** How a receiver's notifications are sent, as Alertmanager's configuration names it. */
export type Channel =
  | { readonly webhook_configs: readonly { readonly url: string; readonly send_resolved: boolean }[] }
  | {
      readonly sns_configs: readonly {
        readonly topic_arn: string;
        readonly sigv4: { readonly region: string };
        readonly send_resolved: boolean;
      }[];
    };

/**
 * Alertmanager's configuration: one notification a cause.
 *
 * A group is one element, so that two causes are never sent as one; tickets of one kind are sent together.
 *
 * @param channel of pages and tickets
 */
export const routing = (city: City, channel: Channel): object => ({
  route: {
    receiver: 'page',
    group_by: ['alertname', 'node', 'link', 'endpoint'],
    group_wait: '3s',
    group_interval: '6s',
    repeat_interval: '4h',
    routes: [
      { receiver: 'heartbeat', matchers: ['severity="heartbeat"'], group_by: ['alertname'], repeat_interval: '1m' },
      {
        receiver: 'ticket',
        matchers: ['severity="ticket"'],
        group_by: ['alertname', 'node'],
        group_wait: '31s',
        group_interval: '1m',
        repeat_interval: '24h',
      },
    ],
  },
  receivers: [{ name: 'page', ...channel }, { name: 'ticket', ...channel }, { name: 'heartbeat' }],
  inhibit_rules: inhibitions(city),
});

interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Each is demanded to be there by a matcher: to Alertmanager two absent labels are equal. */
  readonly equal: readonly string[];
}

/** Which alert inhibits which, from the topology: what stands behind a node, what an office itself reports, what a site's loss explains. */
const inhibitions = (city: City): readonly Inhibition[] => [
  behindNode('link!=""'),
  behindNode('endpoint!=""'),
  {
    source_matchers: ['alertname="EndpointDown"'],
    target_matchers: ['alertname!="EndpointDown"', 'endpoint!=""'],
    equal: ['endpoint'],
  },
  {
    source_matchers: ['alertname="DatabaseWithoutLeader"'],
    target_matchers: ['alertname=~"WritesOnOneCopy|BackupNotSynchronous"'],
    equal: [],
  },
  { source_matchers: ['alertname="WritesOnOneCopy"'], target_matchers: ['alertname="BackupNotSynchronous"'], equal: [] },
  ...city.sites.flatMap(explainedBySite),
];

const behindNode = (child: string): Inhibition => ({
  source_matchers: ['alertname=~"SiteDown|AggregationDown|ExternalDown"', 'node!=""'],
  target_matchers: ['alertname!~"SiteDown|AggregationDown|ExternalDown"', 'node!=""', child],
  equal: ['node'],
});

/** A site takes its votes and its copies of the data with it. */
function explainedBySite(site: Site): readonly Inhibition[] {
  const explained = [
    ...(site.hosts.database.length > 0 ? ['DatabaseWithoutLeader', 'WritesOnOneCopy', 'BackupNotSynchronous'] : []),
    ...(site.hosts.etcd.length > 0 ? ['NoSpareVote'] : []),
  ];
  if (explained.length === 0) return [];
  const source = ['alertname="SiteDown"', `node="${nodeName(site)}"`];
  return [{ source_matchers: source, target_matchers: [`alertname=~"${explained.join('|')}"`], equal: [] }];
}
