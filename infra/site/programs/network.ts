import { ENDPOINT_SEGMENTS, type Endpoint, farEnd, type Link, linkName, type Node, SITE_SEGMENTS, type Site } from '../../city/model.js';
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

// IPv6 has its addresses in the plan from the first day; it is switched on with the issue that renders and verifies it.
const SYSCTLS = {
  'net.ipv4.ip_forward': '1',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv4.conf.all.send_redirects': '0',
  'net.ipv4.conf.default.send_redirects': '0',
  'net.ipv4.ping_group_range': '0 2147483647',
  'net.ipv6.conf.all.disable_ipv6': '1',
  'net.ipv6.conf.default.disable_ipv6': '1',
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
  return ['link set lo up', `addr replace ${machine.address.v4}/32 dev lo`, ...links(topology, node), ...ownPart(topology, machine)];
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

function links(topology: Topology, node: Node): readonly string[] {
  return (topology.linksAt.get(node.number) ?? []).flatMap(link => {
    const device = linkName(link);
    return [`link set ${device} up`, `addr replace ${linkAddresses(topology.plan, link, node.number).own.v4}/31 dev ${device}`];
  });
}

/** One switch a segment, the router's own address on each; what has no host in the LAN goes nowhere. */
function siteSwitch(topology: Topology, site: Site): readonly string[] {
  const ports = topology.machines.filter(machine => machine.node === site && machine.segment !== undefined);
  return [
    ...SITE_SEGMENTS.flatMap(segment => [
      `link add name ${bridgeOf(segment)} type bridge`,
      `link set ${bridgeOf(segment)} up`,
      `addr replace ${topology.plan.lanGateway(site.number, segment).v4}/22 dev ${bridgeOf(segment)}`,
    ]),
    ...ports.flatMap(port =>
      port.segment === undefined ? [] : [`link set ${portName(port)} master ${bridgeOf(port.segment)}`, `link set ${portName(port)} up`],
    ),
    blackhole(topology.plan.lan(site.number).v4),
  ];
}

function lanHost(topology: Topology, machine: Machine): readonly string[] {
  if (machine.segment === undefined) return [];
  const services =
    machine.role === 'edge' ? topology.city.systems.map(system => `addr replace ${topology.plan.service(system.number).v4}/32 dev lo`) : [];
  return [
    `link set ${LAN_DEVICE} up`,
    `addr replace ${machine.address.v4}/22 dev ${LAN_DEVICE}`,
    `route replace default via ${topology.plan.lanGateway(machine.node.number, machine.segment).v4} proto ${PROTO}`,
    ...services,
  ];
}

/** An office's segments lie behind its access link (the first, where it has several). */
function officeRoutes(topology: Topology, node: Node, office: Endpoint): readonly string[] {
  const access = (topology.linksAt.get(office.number) ?? []).find(link => link.kind === 'access' && link.ends.includes(node.number));
  if (access === undefined) return [];
  const via = linkAddresses(topology.plan, access, node.number).peer.v4;
  return ENDPOINT_SEGMENTS.map(
    segment => `route replace ${topology.plan.segment(office.number, segment).v4} via ${via} dev ${linkName(access)} proto ${PROTO}`,
  );
}

/** The office router's address in every segment, and its ways out: the data network, and its own Internet line. */
function officeNetwork(topology: Topology, office: Endpoint): readonly string[] {
  const own = topology.linksAt.get(office.number) ?? [];
  const access = own.find(link => link.kind === 'access');
  const source = topology.plan.gateway(office.number, 'office').v4;
  return [
    ...ENDPOINT_SEGMENTS.flatMap(segment => [
      `addr replace ${topology.plan.gateway(office.number, segment).v4}/32 dev lo`,
      blackhole(topology.plan.segment(office.number, segment).v4),
    ]),
    ...(access === undefined
      ? []
      : [
          `route replace default via ${linkAddresses(topology.plan, access, office.number).peer.v4} dev ${linkName(access)} src ${source} proto ${PROTO}`,
        ]),
    ...own.filter(link => link.kind === 'internet').flatMap(line => internetLine(topology, office, line)),
  ];
}

function internetLine(topology: Topology, office: Endpoint, line: Link): readonly string[] {
  const provider = topology.nodes.get(farEnd(line, office.number));
  if (provider?.kind !== 'external') return [];
  const via = linkAddresses(topology.plan, line, office.number).peer.v4;
  return provider.prefixes.map(prefix => `route replace ${prefix} via ${via} dev ${linkName(line)} proto ${PROTO}`);
}

const blackhole = (prefix: string): string => `route replace blackhole ${prefix} proto ${PROTO}`;

/** The first host address of a prefix: where an external's stand-in answers. */
export function firstAddress(prefix: string): string {
  const [base = ''] = prefix.split('/');
  return base.replace(/\d+$/, last => String(Number(last) + 1));
}
