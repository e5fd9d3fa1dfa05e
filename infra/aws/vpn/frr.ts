import { type Node, nodeName } from '../../city/model.js';
import { ownPrefixes } from '../../site/programs/frr-policy.js';
import type { Topology } from '../../site/topology.js';
import { type AwsRole, routerAsn, type SiteOnAws } from '../plan/names.js';
import { HOLD_SECONDS, type RouterTunnel, type VpnHandoffPlan } from './tunnels.js';

/** Transit gateways cannot prepend: the router's local preference decides. */
const LOCAL_PREFERENCES = { primary: 200, backup: 100 } as const satisfies Record<AwsRole, number>;
/** Seconds between attempts. */
const CONNECT_SECONDS = 10;

/**
 * The router's BGP towards AWS: announces its own prefixes, and accepts only each site's LAN from that site's gateway.
 * Both tunnels to a site are used at once.
 */
export function routerBgp(
  topology: Pick<Topology, 'city' | 'plan'>,
  node: Node,
  handoff: VpnHandoffPlan,
  tunnels: readonly RouterTunnel[],
): string {
  const own = ownPrefixes('v4', topology, node);
  const places = [...new Set(tunnels.map(({ place }) => place))];
  return `${[
    `! ${nodeName(node)}: BGP to the transit gateways of both sites. IPv4 only, as VPNs to AWS are here.`,
    'log syslog warnings',
    ...own.map((prefix, index) => `ip prefix-list OWN seq ${5 + 5 * index} permit ${prefix}`),
    ...places.map(place => `ip prefix-list ${nameOf(place)} seq 5 permit ${topology.plan.lan(place.site.number).v4}`),
    // A path of one autonomous system: what the gateway itself announces, and no office of another router.
    ...places.map(place => `bgp as-path access-list ${nameOf(place)} seq 5 permit ^${place.asn}$`),
    '!',
    ...places.flatMap(accepting),
    'route-map OWN-OUT permit 10',
    ' match ip address prefix-list OWN',
    'exit',
    '!',
    `router bgp ${routerAsn(handoff)}`,
    ` bgp router-id ${topology.plan.loopback(node.number).v4}`,
    ' bgp log-neighbor-changes',
    ' no bgp network import-check',
    ` timers bgp ${HOLD_SECONDS / 3} ${HOLD_SECONDS}`,
    ...tunnels.flatMap(neighbour),
    ' !',
    ' address-family ipv4 unicast',
    ...own.map(prefix => `  network ${prefix}`),
    '  maximum-paths 2',
    ...tunnels.flatMap(({ place, inside }) => [
      `  neighbor ${inside.aws} route-map ${nameOf(place)}-IN in`,
      `  neighbor ${inside.aws} route-map OWN-OUT out`,
    ]),
    ' exit-address-family',
    'exit',
  ].join('\n')}\n`;
}

const nameOf = ({ site }: SiteOnAws): string => `S${site.number}`;

const accepting = (place: SiteOnAws): readonly string[] => [
  `route-map ${nameOf(place)}-IN permit 10`,
  ` match ip address prefix-list ${nameOf(place)}`,
  ` match as-path ${nameOf(place)}`,
  ` set local-preference ${LOCAL_PREFERENCES[place.role]}`,
  'exit',
];

const neighbour = ({ place, device, inside }: RouterTunnel): readonly string[] => [
  ` neighbor ${inside.aws} remote-as ${place.asn}`,
  ` neighbor ${inside.aws} description ${device}`,
  ` neighbor ${inside.aws} timers connect ${CONNECT_SECONDS}`,
];
