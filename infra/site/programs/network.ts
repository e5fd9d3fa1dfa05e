import { type Address, type Family, inBoth, type Prefix } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../city/identity.js';
import { addressAt } from '../../city/ip.js';
import { type Endpoint, farEnd, type Link, linkName, type Node, type Site } from '../../city/model.js';
import type { Program, Rendered } from '../program.js';
import { bridgeOf, LAN_DEVICE, linkAddresses, type Machine, officesOf, portName, type Topology } from '../topology.js';

/** Routes that our own files put there, apart from those of FRR (bgp) and of the announcer. */
const PROTO = 'static';
export const NETWORK_PATH = '/etc/citydc/network';
/** Brings a running host's network to its file, and links that were laid anew up. */
export const APPLY_NETWORK = ['/etc/citydc/apply-network'] as const;

/**
 * Addresses, switches and fixed routes of a host, as lines for `ip -batch`: the desired state, applied by `apply-network`.
 *
 * Lines are idempotent (`replace`), so a changed file is applied by removing lines that are gone and running the rest.
 */
export const network: Program = {
  name: 'network',
  packages: ['iproute2', 'iputils-ping'],
  connects: () => [],
  render: (topology, machine): Rendered => ({
    files: [
      { path: NETWORK_PATH, content: `${linesOf(topology, machine).join('\n')}\n`, onChange: 'reload' },
      { path: '/etc/citydc/apply-network', content: APPLY, mode: 0o755, onChange: 'boot' },
    ],
    sysctls: SYSCTLS,
    apply: APPLY_NETWORK,
  }),
  lints: [{ command: ['sh', '-n', '/etc/citydc/apply-network'] }],
};

/** A device takes after the defaults when it is made: they must be there before. */
const SYSCTLS = {
  'net.ipv4.ip_forward': '1',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv4.conf.all.send_redirects': '0',
  'net.ipv4.conf.default.send_redirects': '0',
  'net.ipv4.ping_group_range': '0 2147483647',
  'net.ipv6.conf.all.disable_ipv6': '0',
  'net.ipv6.conf.default.disable_ipv6': '0',
  'net.ipv6.conf.all.forwarding': '1',
  // Every device's own address is usable at once, without a second or two of duplicate detection. Advertised ones are not taken.
  'net.ipv6.conf.all.accept_dad': '0',
  'net.ipv6.conf.default.accept_dad': '0',
  'net.ipv6.conf.all.accept_ra': '0',
  'net.ipv6.conf.default.accept_ra': '0',
};

// A line's inverse: what was added is deleted. Old lines are kept in /run, which a power-off empties, as it should.
const APPLY = `#!/bin/sh
# Brings addresses and routes to what ${NETWORK_PATH} says; safe to run again.
set -eu
wanted=${NETWORK_PATH} applied=/run/citydc/network
if [ -f "$applied" ]; then
  grep -vxFf "$wanted" "$applied" | sed -E 's/^(addr|route) replace/\\1 del/; s/^link add name ([^ ]+) .*/link del \\1/; /^link set/d' | ip -force -batch - || true
fi
# Making a switch again that exists is no mistake; everything else is.
if ! ip -force -batch "$wanted" 2> /run/citydc/network.log && grep -v -e '^Command failed' -e 'File exists' /run/citydc/network.log; then exit 1; fi
cp "$wanted" "$applied"
`;

function linesOf(topology: Topology, machine: Machine): readonly string[] {
  const { node } = machine;
  if (machine.segment !== undefined) return ['link set lo up', ...lanHost(topology, machine)];
  return ['link set lo up', ...addressOn('lo', machine.address, BITS.host), ...links(topology, node), ...ownPart(topology, machine)];
}

function ownPart(topology: Topology, { node }: Machine): readonly string[] {
  switch (node.kind) {
    case 'site':
      return siteSwitch(topology, node);
    case 'aggregation':
      return officesOf(topology.city, node.number).flatMap(office => officeRoutes(topology, node, office));
    case 'external':
      return node.prefixes.flatMap(prefix => [`addr replace ${firstAddress(prefix)}/32 dev lo`, blackhole(prefix)]);
    case 'endpoint':
      return officeNetwork(topology, node);
  }
}

type Bits = Readonly<Record<Family, number>>;
const BITS = { host: { v4: 32, v6: 128 }, link: { v4: 31, v6: 127 }, lan: { v4: 22, v6: 64 } } as const satisfies Record<string, Bits>;

const addressOn = (device: string, address: Address, bits: Bits): readonly string[] =>
  inBoth(family => `addr replace ${address[family]}/${bits[family]} dev ${device}${AT_ONCE[family]}`);
/** Else the kernel calls an address tentative for some milliseconds even where it detects no duplicates, and a route may not name it as its source. */
const AT_ONCE = { v4: '', v6: ' nodad' } as const satisfies Record<Family, string>;
const nowhere = (prefix: Prefix): readonly string[] => inBoth(family => blackhole(prefix[family]));
const blackhole = (prefix: string): string => `route replace blackhole ${prefix} proto ${PROTO}`;

function links(topology: Topology, node: Node): readonly string[] {
  return (topology.linksAt.get(node.number) ?? []).flatMap(link => {
    const device = linkName(link);
    return [`link set ${device} up`, ...addressOn(device, linkAddresses(topology.plan, link, node.number).own, BITS.link)];
  });
}

/** One switch a segment, the router's own address on each; what has no host in the LAN goes nowhere. */
function siteSwitch(topology: Topology, site: Site): readonly string[] {
  const ports = topology.machines.filter(machine => machine.node === site && machine.segment !== undefined);
  return [
    ...SITE_SEGMENTS.flatMap(segment => [
      `link add name ${bridgeOf(segment)} type bridge`,
      `link set ${bridgeOf(segment)} up`,
      ...addressOn(bridgeOf(segment), topology.plan.lanGateway(site.number, segment), BITS.lan),
    ]),
    ...ports.flatMap(port =>
      port.segment === undefined ? [] : [`link set ${portName(port)} master ${bridgeOf(port.segment)}`, `link set ${portName(port)} up`],
    ),
    ...nowhere(topology.plan.lan(site.number)),
  ];
}

function lanHost(topology: Topology, machine: Machine): readonly string[] {
  if (machine.segment === undefined) return [];
  const gateway = topology.plan.lanGateway(machine.node.number, machine.segment);
  const services =
    machine.role === 'edge'
      ? topology.city.systems.flatMap(system => addressOn('lo', topology.plan.service(system.number), BITS.host))
      : [];
  return [
    `link set ${LAN_DEVICE} up`,
    ...addressOn(LAN_DEVICE, machine.address, BITS.lan),
    ...inBoth(family => `route replace default via ${gateway[family]} proto ${PROTO}`),
    ...services,
  ];
}

/** An office's segments are behind its access link (the first, where it has several). */
function officeRoutes(topology: Topology, node: Node, office: Endpoint): readonly string[] {
  const access = (topology.linksAt.get(office.number) ?? []).find(link => link.kind === 'access' && link.ends.includes(node.number));
  if (access === undefined) return [];
  const { peer } = linkAddresses(topology.plan, access, node.number);
  return ENDPOINT_SEGMENTS.map(segment => topology.plan.segment(office.number, segment)).flatMap(prefix =>
    inBoth(family => `route replace ${prefix[family]} via ${peer[family]} dev ${linkName(access)} proto ${PROTO}`),
  );
}

/** The office router's address in every segment, and its ways out: the data network, and its own Internet line. */
function officeNetwork(topology: Topology, office: Endpoint): readonly string[] {
  const own = topology.linksAt.get(office.number) ?? [];
  const access = own.find(link => link.kind === 'access');
  return [
    ...ENDPOINT_SEGMENTS.flatMap(segment => [
      ...addressOn('lo', topology.plan.gateway(office.number, segment), BITS.host),
      ...nowhere(topology.plan.segment(office.number, segment)),
    ]),
    ...(access === undefined ? [] : wayOut(topology, office, access)),
    ...own.filter(link => link.kind === 'internet').flatMap(line => internetLine(topology, office, line)),
  ];
}

function wayOut({ plan }: Topology, office: Endpoint, access: Link): readonly string[] {
  const { peer } = linkAddresses(plan, access, office.number);
  const source = plan.gateway(office.number, 'office');
  return inBoth(family => `route replace default via ${peer[family]} dev ${linkName(access)} src ${source[family]} proto ${PROTO}`);
}

function internetLine(topology: Topology, office: Endpoint, line: Link): readonly string[] {
  const provider = topology.nodes.get(farEnd(line, office.number));
  if (provider?.kind !== 'external') return [];
  const via = linkAddresses(topology.plan, line, office.number).peer.v4;
  return provider.prefixes.map(prefix => `route replace ${prefix} via ${via} dev ${linkName(line)} proto ${PROTO}`);
}

/** The first host address of a prefix: where an external's stand-in answers. */
export const firstAddress = (prefix: string): string => addressAt(prefix, 1);
