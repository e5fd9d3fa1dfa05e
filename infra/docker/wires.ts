import type { Wire } from '../site/host.js';
import type { Program } from '../site/program.js';
import { APPLY_NETWORK } from '../site/programs/network.js';
import type { Machine, Topology } from '../site/topology.js';
import { placeOf, type Seat, seatsOf, TUNNELS } from './seats.js';

/** One end of a wire, as its host makes it: a tunnel to the other end. */
interface Tunnel {
  readonly device: string;
  readonly mac: string;
  readonly mtuBytes: number;
  /** VXLAN network identifier, the same at both ends and of no other wire. */
  readonly vni: number;
  /** The other end's address on its underlay. */
  readonly peer: string;
}

/** What VXLAN takes of an underlay's packet over IPv4: IP, UDP, VXLAN and the inner Ethernet header. */
const OVERHEAD_BYTES = 50;
const UNDERLAY_MTU_BYTES = 1500;
/** The identifier of a link is its number; wires inside a site have theirs above all links', by the place of the host that they connect. */
const PATCHES = 0x80_0000;

/** Every host's tunnels, by its name, in the order of the wires. */
export function tunnelsOf({ machines, wires }: Topology, seats: ReadonlyMap<string, Seat>): ReadonlyMap<string, readonly Tunnel[]> {
  const byName = new Map(machines.map(machine => [machine.name, machine]));
  const tunnels = new Map<string, Tunnel[]>(machines.map(({ name }) => [name, []]));
  for (const wire of wires) {
    const [first, second] = wire.ends;
    for (const [own, far] of [
      [first, second],
      [second, first],
    ] as const)
      tunnels.get(own.host)?.push({
        device: own.device,
        mac: own.mac,
        mtuBytes: Math.min(wire.mtuBytes, UNDERLAY_MTU_BYTES - OVERHEAD_BYTES),
        vni: vniOf(wire, byName),
        peer: seats.get(far.host)?.address ?? '',
      });
  }
  return tunnels;
}

const vniOf = ({ link, ends: [{ host }] }: Wire, machines: ReadonlyMap<string, Machine>): number =>
  link ?? PATCHES + placeOf(machines.get(host) as Machine);

const [LINES, LAY, GUARD] = ['/etc/citydc/wires', '/etc/citydc/lay-wires', '/etc/citydc/underlay.nft'];
/** The script that makes a host's wires, before its network comes up and before its programs apply changed files; safe to run again. */
export const LAY_WIRES = LAY;

/** The program of a host's wires: makes its own tunnels, and drops packets of all others. */
export function wires(topology: Topology): Program {
  const seats = seatsOf(topology);
  const tunnels = tunnelsOf(topology, seats);
  const underlays = [...new Set([...seats.values()].map(({ dockerHost }) => dockerHost.underlay))].toSorted();
  return {
    name: 'wires',
    packages: ['iproute2', 'nftables'],
    // Tunnels lie below the city's own lines: the filters let them through by themselves.
    connects: () => [],
    render: (_topology, { name }) => {
      const own = seats.get(name) as Seat; // every machine has one
      const mine = tunnels.get(name) ?? [];
      const others = underlays.filter(underlay => underlay !== own.dockerHost.underlay);
      return {
        files: [
          { path: LINES, content: mine.map(tunnel => `${tunnelLine(own, tunnel)}\n`).join(''), onChange: 'reload' },
          { path: GUARD, content: guard(mine), onChange: 'reload' },
          { path: LAY, content: layScript(others), mode: 0o755, onChange: 'reload' },
        ],
        // They are made before any program acts; new ones then need their addresses.
        apply: APPLY_NETWORK,
      };
    },
    lints: [{ command: ['sh', '-n', LAY] }, { command: ['nft', '-c', '-f', GUARD] }],
  };
}

const tunnelLine = ({ address }: Seat, { device, mac, mtuBytes, vni, peer }: Tunnel): string =>
  `link add name ${device} mtu ${mtuBytes} address ${mac} type vxlan id ${vni} local ${address} remote ${peer} dstport ${TUNNELS.port} nolearning`;

/**
 * The filter of the underlay: accepts from a peer only the identifier of the wire between them, and sends nothing but tunnels.
 *
 * Any container of the network could otherwise send on any wire. The identifier is 96 bits into UDP (RFC 7348, section 5). Before
 * connection tracking, which tunnels do not need.
 */
function guard(tunnels: readonly Tunnel[]): string {
  const { device, port } = TUNNELS;
  const from = tunnels.map(({ vni, peer }) => `iifname "${device}" ip saddr ${peer} udp dport ${port} @th,96,24 ${vni} notrack accept`);
  return `table inet citydc_underlay
delete table inet citydc_underlay
table inet citydc_underlay {
  chain in {
    type filter hook prerouting priority raw; policy accept;
${[...from, `iifname "${device}" drop`].map(rule => `    ${rule}\n`).join('')}  }
  chain out {
    type filter hook output priority raw; policy accept;
    oifname "${device}" udp dport ${port} notrack accept
    oifname "${device}" drop
  }
}
`;
}

/**
 * Brings the wires to their file; safe to run again. Docker's default route is not the city's: it is removed, but for the underlays of
 * other Docker hosts, which are behind the same gateway.
 */
const layScript = (others: readonly string[]): string => `#!/bin/sh
set -eu
wanted=${LINES} laid=/run/citydc/wires gateway=/run/citydc/gateway
nft -f ${GUARD}
[ -f "$gateway" ] || ip -4 route show default dev ${TUNNELS.device} | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p' > "$gateway"
if [ -s "$gateway" ]; then
${others.map(underlay => `  ip route replace ${underlay} via "$(cat "$gateway")" dev ${TUNNELS.device}\n`).join('')}  ip route flush exact default dev ${TUNNELS.device}
fi
if [ -f "$laid" ]; then
  grep -vxFf "$wanted" "$laid" | sed -E 's/^link add name ([^ ]+) .*/link del \\1/' | ip -force -batch - || true
  grep -vxFf "$laid" "$wanted" | ip -batch -
else
  ip -batch "$wanted"
fi
cp "$wanted" "$laid"
`;
