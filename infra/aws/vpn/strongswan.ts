import { outsideAddress, preSharedKey, type RouterTunnel, TUNNEL_CRYPTOGRAPHY, type VpnHandoffPlan } from './tunnels.js';

/** Names of strongSwan by those of AWS. AES-GCM authenticates what it encrypts: the hash is for the key derivation. */
const ENCRYPTION = { 'AES256-GCM-16': 'aes256gcm16' } as const satisfies Record<typeof TUNNEL_CRYPTOGRAPHY.encryption, string>;
const DERIVATION = { 'SHA2-384': 'prfsha384' } as const satisfies Record<typeof TUNNEL_CRYPTOGRAPHY.integrity, string>;
const GROUP = { 20: 'ecp384' } as const satisfies Record<typeof TUNNEL_CRYPTOGRAPHY.dhGroup, string>;

const { encryption, integrity, dhGroup } = TUNNEL_CRYPTOGRAPHY;
const IKE_PROPOSAL = `${ENCRYPTION[encryption]}-${DERIVATION[integrity]}-${GROUP[dhGroup]}`;
const ESP_PROPOSAL = `${ENCRYPTION[encryption]}-${GROUP[dhGroup]}`;
/** Before AWS's own 8 h and 1 h: the first to expire renews. @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html */
const REKEY = { ike: '7h', esp: '50m' } as const;

/** A router's connections, without their keys. The router initiates: AWS waits. */
export const swanConnections = ({ customerGateway }: VpnHandoffPlan, tunnels: readonly RouterTunnel[]): string =>
  `# To the transit gateways of both sites. AWS knows the router by ${customerGateway}; behind a translator, local_addrs is the inner address.
connections {
${tunnels.map(tunnel => connection(customerGateway, tunnel)).join('')}}
`;

const connection = (customerGateway: string, tunnel: RouterTunnel): string => `  ${tunnel.device} {
    version = 2
    local_addrs = ${customerGateway}
    remote_addrs = ${outsideAddress(tunnel)}
    proposals = ${IKE_PROPOSAL}
    rekey_time = ${REKEY.ike}
    dpd_delay = 10s
    keyingtries = 0
    if_id_in = ${tunnel.interfaceId}
    if_id_out = ${tunnel.interfaceId}
    local {
      auth = psk
      id = ${customerGateway}
    }
    remote {
      auth = psk
      id = ${outsideAddress(tunnel)}
    }
    children {
      ${tunnel.device} {
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        esp_proposals = ${ESP_PROPOSAL}
        rekey_time = ${REKEY.esp}
        start_action = start
        close_action = start
        dpd_action = restart
      }
    }
  }
`;

/** The keys of a router's tunnels; for a key that is not known, a placeholder and where it is kept. */
export const swanSecrets = (tunnels: readonly RouterTunnel[]): string => `secrets {
${tunnels.map(secret).join('')}}
`;

const secret = (tunnel: RouterTunnel): string => {
  const { device, outside } = tunnel;
  const kept = outside.key === undefined && outside.keyKeptAt !== undefined ? `    # kept at ${outside.keyKeptAt}\n` : '';
  return `  ike-${device} {
    id = ${outsideAddress(tunnel)}
${kept}    secret = "${preSharedKey(tunnel)}"
  }
`;
};

/** FRR routes packets to the tunnels' devices: strongSwan's own routes would lead everything into the first tunnel. */
export const CHARON = `charon {
  install_routes = no
  install_virtual_ip = no
}
`;
