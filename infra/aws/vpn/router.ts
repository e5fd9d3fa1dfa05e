/** The files of the router at the other end of a node's VPNs. Pure. */

import { type City, nodeName, nodesOf } from '../../city/model.js';
import { planOf, type SiteOnAws } from '../plan/names.js';
import { CLAMP_PATH, clampRules, deviceScript } from './devices.js';
import { routerBgp } from './frr.js';
import { CHARON, swanConnections, swanSecrets } from './strongswan.js';
import { type Outside, type RouterTunnel, tunnelsOf, type VpnHandoffPlan } from './tunnels.js';

interface RouterFile {
  /** Absolute, on the router. */
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

export interface VpnRouter {
  /** The node's permanent name: `n67`. */
  readonly name: string;
  readonly tunnels: readonly RouterTunnel[];
  readonly files: readonly RouterFile[];
}

/** The router of one node. @param outside what AWS has described of a tunnel, by its connection's name and its /30 */
export function vpnRouter(
  city: City,
  places: readonly SiteOnAws[],
  handoff: VpnHandoffPlan,
  outside: (connection: string, cidr: string) => Outside,
): VpnRouter {
  const node = nodesOf(city).get(handoff.node);
  if (node === undefined) throw new Error(`hand-off ${handoff.node} is of no node`); // see vpnsOf
  const tunnels = tunnelsOf(places, handoff, outside);
  return {
    name: nodeName(node),
    tunnels,
    files: [
      { path: '/etc/frr/frr.conf', content: routerBgp({ city, plan: planOf(city) }, node, handoff, tunnels), mode: 0o640 },
      { path: '/etc/swanctl/conf.d/citydc.conf', content: swanConnections(handoff, tunnels), mode: 0o644 },
      { path: '/etc/swanctl/conf.d/citydc-secrets.conf', content: swanSecrets(tunnels), mode: 0o600 },
      { path: '/etc/strongswan.d/citydc.conf', content: CHARON, mode: 0o644 },
      { path: '/etc/citydc/vpn-devices', content: deviceScript(tunnels), mode: 0o755 },
      { path: CLAMP_PATH, content: clampRules(tunnels), mode: 0o644 },
    ],
  };
}

/** The VPNs of nodes that the city has. */
export const vpnsOf = (city: City): readonly VpnHandoffPlan[] => {
  const nodes = nodesOf(city);
  return (city.aws?.handoffs ?? []).filter((handoff): handoff is VpnHandoffPlan => handoff.kind === 'vpn' && nodes.has(handoff.node));
};
