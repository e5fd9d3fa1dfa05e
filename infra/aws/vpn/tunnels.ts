/** The tunnels of a node's router to both sites, as its own end sees them. Pure. */

import type { AwsHandoff } from '../../city/targets/aws/plan.js';
import { handoffNames, type SiteOnAws, tunnelAddresses, type VpnTunnel } from '../plan/names.js';

/** The cryptography of both ends: among the strongest that AWS offers. */
export const TUNNEL_CRYPTOGRAPHY = { encryption: 'AES256-GCM-16', integrity: 'SHA2-384', dhGroup: 20, ike: 'ikev2' } as const;

/** Seconds until a dead peer is noticed, by BGP as by IKE: there is no BFD. */
export const HOLD_SECONDS = 30;

/**
 * What fits through a tunnel on a line of 1,500 bytes: less 20 of IP, 8 of ESP, 8 of its counter, 16 of its checksum and 2 of its end.
 * TCP takes 40 of them.
 *
 * @see RFC 4303 section 2 and RFC 4106 section 3
 */
export const TUNNEL_MTU_BYTES = 1446;
export const TUNNEL_MSS_BYTES = TUNNEL_MTU_BYTES - 40;

export type VpnHandoffPlan = AwsHandoff & { readonly kind: 'vpn' };

/** The values of a tunnel that only AWS knows. */
export interface Outside {
  readonly address?: string | undefined;
  /** Undefined when Secrets Manager keeps it; then `keyKeptAt` is the secret's ARN. */
  readonly key?: string | undefined;
  readonly keyKeptAt?: string | undefined;
}

export interface RouterTunnel {
  readonly place: SiteOnAws;
  /** The name of its device on the router, and of its connection. */
  readonly device: string;
  /** Binds the device to its connection in the kernel; unique on the router. */
  readonly interfaceId: number;
  /** Tag `Name` of the VPN connection that it is of. */
  readonly connection: string;
  readonly inside: ReturnType<typeof tunnelAddresses>;
  readonly outside: Outside;
}

/** All four tunnels, the primary's first. `outside` returns what AWS has described of each. */
export const tunnelsOf = (
  places: readonly SiteOnAws[],
  handoff: VpnHandoffPlan,
  outside: (connection: string, cidr: string) => Outside,
): readonly RouterTunnel[] =>
  places.flatMap(place =>
    ([0, 1] as const).map((tunnel: VpnTunnel) => {
      const { connection } = handoffNames(place, handoff);
      const inside = tunnelAddresses(place, handoff.node, tunnel);
      return {
        place,
        device: `s${place.site.number}vpn${tunnel}`,
        interfaceId: 16 * place.site.number + tunnel,
        connection,
        inside,
        outside: outside(connection, inside.cidr),
      };
    }),
  );

/** A value that AWS assigns, or a placeholder that no program accepts. */
export const outsideAddress = ({ device, outside }: RouterTunnel): string => outside.address ?? `@OUTSIDE_ADDRESS_OF_${device}@`;
export const preSharedKey = ({ device, outside }: RouterTunnel): string => outside.key ?? `@PRE_SHARED_KEY_OF_${device}@`;
