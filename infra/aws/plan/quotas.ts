/** What an account may have in a region from the start, and what a city needs. Pure. */

import type { City } from '../../city/model.js';
import type { AwsPlan, AwsQuota } from '../../city/targets/aws/plan.js';

type Deployed = City & { readonly aws: AwsPlan };

interface Quota {
  readonly what: string;
  /** In each region; of health checks in the account. */
  readonly default: number;
  readonly needed: (city: Deployed) => number;
  /** The name under which AWS raises it. */
  readonly raised: string;
}

const vpns = ({ aws }: Deployed): number => aws.handoffs.filter(({ kind }) => kind === 'vpn').length;

const QUOTAS = {
  /** @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html */
  vpns: { what: 'VPN connections', default: 50, needed: vpns, raised: 'Site-to-Site VPN connections per Region' },
  customerGateways: { what: 'customer gateways', default: 50, needed: vpns, raised: 'Customer gateways per Region' },
  /** One a system, and the monitor's. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html */
  loadBalancers: {
    what: 'network load balancers',
    default: 50,
    needed: ({ systems }) => systems.length + 1,
    raised: 'Network Load Balancers per Region',
  },
  /** Each zone has one for each system and site. @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
  healthChecks: { what: 'health checks', default: 200, needed: ({ systems }) => 4 * systems.length, raised: 'Health checks of Route 53' },
} as const satisfies Record<AwsQuota, Quota>;

/** Quotas that a city needs more of than its account has: what the inventory states, else what every account has. */
export const exceededQuotas = (
  city: Deployed,
): readonly (Quota & { readonly name: AwsQuota; readonly has: number; readonly needs: number })[] =>
  (Object.entries(QUOTAS) as [AwsQuota, Quota][])
    .map(([name, quota]) => ({ ...quota, name, has: city.aws.quotas[name] ?? quota.default, needs: quota.needed(city) }))
    .filter(({ has, needs }) => needs > has);
