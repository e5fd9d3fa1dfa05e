import { type RouterTunnel, TUNNEL_MSS_BYTES, TUNNEL_MTU_BYTES } from './tunnels.js';

/** Path of `clampRules` on the router. */
export const CLAMP_PATH = '/etc/citydc/vpn.nft';

/** The script that makes the router's ends of its tunnels; run before strongSwan and FRR start, and safe to run again. */
export const deviceScript = (tunnels: readonly RouterTunnel[]): string => `#!/bin/sh
# The ends of the tunnels to AWS: devices, addresses, sizes. Run it as root before strongSwan and FRR start; safe to run again.
set -eu
end() {
  ip link show dev "$1" > /dev/null 2>&1 || ip link add "$1" type xfrm if_id "$2"
  ip link set "$1" mtu ${TUNNEL_MTU_BYTES} up
  ip addr replace "$3" dev "$1"
  # Loose: an answer may come back through the other tunnel to the same site.
  sysctl -qw "net.ipv4.conf.$1.rp_filter=2"
}
${tunnels.map(({ device, interfaceId, inside }) => `end ${device} ${interfaceId} ${inside.router}/30`).join('\n')}
nft -f ${CLAMP_PATH}
`;

/** Clamps the segment size of TCP to what fits into a tunnel, both ways: larger packets that must not be fragmented would be lost. */
export const clampRules = (tunnels: readonly RouterTunnel[]): string => {
  const devices = `{ ${tunnels.map(({ device }) => `"${device}"`).join(', ')} }`;
  const clamp = (way: 'iifname' | 'oifname') =>
    `    ${way} ${devices} tcp flags & (syn | rst) == syn tcp option maxseg size > ${TUNNEL_MSS_BYTES} tcp option maxseg size set ${TUNNEL_MSS_BYTES}\n`;
  return `table inet citydc_vpn
delete table inet citydc_vpn
table inet citydc_vpn {
  chain mss {
    type filter hook forward priority mangle;
${clamp('iifname')}${clamp('oifname')}  }
}
`;
};
