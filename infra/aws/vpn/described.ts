/** The output of `aws ec2 describe-vpn-connections`, as far as a router's configuration needs it. Pure. */

import * as z from 'zod/mini';
import { formatV4, parseV4 } from '../../city/ip.js';
import { InputError, type Problem } from '../../city/problem.js';
import type { Outside } from './tunnels.js';

const Text = z.optional(z.string());
const DESCRIPTION = z.object({
  VpnConnections: z.array(
    z.object({
      State: Text,
      PreSharedKeyArn: Text,
      CustomerGatewayConfiguration: Text,
      Tags: z.optional(z.array(z.object({ Key: z.string(), Value: z.string() }))),
      Options: z.optional(
        z.object({
          TunnelOptions: z.optional(z.array(z.object({ OutsideIpAddress: Text, TunnelInsideCidr: Text, PreSharedKey: Text }))),
        }),
      ),
    }),
  ),
});
type Connection = z.infer<typeof DESCRIPTION>['VpnConnections'][number];

/** Tunnels by their connection's tag `Name`, then by the /30 inside. */
export type Described = ReadonlyMap<string, ReadonlyMap<string, Outside>>;

/** The form of a key; the placeholder of a key that AWS keeps elsewhere does not match. @see API_VpnTunnelOptionsSpecification */
const KEY = /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/;

/** @param from the file's name, for messages; no message holds any of its contents @throws {InputError} when it is not such a description */
export function parseDescription(text: string, from: string): Described {
  const parsed = DESCRIPTION.safeParse(jsonOf(text));
  if (!parsed.success) throw new InputError([notADescription(from)]);
  // AWS lists deleted connections for another hour.
  const standing = parsed.data.VpnConnections.filter(({ State }) => State === undefined || !State.startsWith('delet'));
  return new Map(
    standing.flatMap(connection => {
      const name = connection.Tags?.find(({ Key }) => Key === 'Name')?.Value;
      return name === undefined ? [] : [[name, new Map(outsides(connection))] as const];
    }),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notADescription = (from: string): Problem => ({
  rule: 'not-a-description',
  path: from,
  message: 'it is not a description of VPN connections by AWS',
  hint: 'write it with: aws ec2 describe-vpn-connections --output json',
});

/** The options come first; what they leave out is taken from the configuration for routers. */
function outsides(connection: Connection): readonly (readonly [string, Outside])[] {
  const forRouters = new Map(tunnelsInXml(connection.CustomerGatewayConfiguration ?? ''));
  const options = connection.Options?.TunnelOptions ?? [];
  const described = options.flatMap(({ TunnelInsideCidr: cidr, OutsideIpAddress, PreSharedKey }) =>
    cidr === undefined ? [] : [[cidr, { address: OutsideIpAddress, key: PreSharedKey }] as const],
  );
  const cidrs = new Set([...described.map(([cidr]) => cidr), ...forRouters.keys()]);
  const byOptions = new Map<string, Outside>(described);
  return [...cidrs].map(cidr => {
    const [one, other] = [byOptions.get(cidr), forRouters.get(cidr)];
    return [
      cidr,
      {
        address: [one?.address, other?.address].find(address => address !== undefined && parseV4(address) !== undefined),
        key: [one?.key, other?.key].find(key => key !== undefined && KEY.test(key)),
        keyKeptAt: connection.PreSharedKeyArn,
      },
    ] as const;
  });
}

/** The tunnels in AWS's configuration for routers, whose XML elements have no attributes and repeat only by tunnel. */
const tunnelsInXml = (xml: string): readonly (readonly [string, Outside])[] =>
  [...xml.matchAll(/<ipsec_tunnel>([\s\S]*?)<\/ipsec_tunnel>/g)].flatMap(([, tunnel = '']) => {
    const gateway = inside(tunnel, 'vpn_gateway');
    const cidr = networkOf(inside(inside(gateway, 'tunnel_inside_address'), 'ip_address'));
    const address = inside(inside(gateway, 'tunnel_outside_address'), 'ip_address');
    return cidr === undefined ? [] : [[cidr, { address, key: inside(inside(tunnel, 'ike'), 'pre_shared_key') }] as const];
  });

const inside = (xml: string, element: string): string => new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(xml)?.[1]?.trim() ?? '';

/** The /30 of AWS's address in a tunnel, its first. */
function networkOf(address: string): string | undefined {
  const at = parseV4(address);
  return at === undefined ? undefined : `${formatV4(at - (at % 4))}/30`;
}
