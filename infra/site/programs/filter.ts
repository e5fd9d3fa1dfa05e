import { type FlowPrefix, type ResolvedFlow, resolveFlows } from '../../city/flows.js';
import { type City, ENDPOINT_SEGMENTS, type Endpoint, linkName, type Node, SITE_SEGMENTS } from '../../city/model.js';
import type { Program } from '../program.js';
import { bridgeOf, linkAddresses, type Machine, officesOf, type Topology } from '../topology.js';

export const FILTER_PATH = '/etc/citydc/filter.nft';
/** Our table; a host's other tables (a fault's, Docker's) are never touched. */
const TABLE = 'inet citydc';

/**
 * The allowed-flows matrix as nftables: stateful at the office and at the site's router, stateless in between, all else dropped.
 *
 * An aggregation node has no rule from office to office, so a worm in one ward stays there.
 */
export const filter: Program = {
  name: 'filter',
  packages: ['nftables'],
  render: (topology, machine) => ({
    files: [{ path: FILTER_PATH, content: rulesFor(topology, machine), onChange: 'reload' }],
    apply: ['nft', '-f', FILTER_PATH],
  }),
  lints: [{ command: ['nft', '-c', '-f', FILTER_PATH] }],
};

function rulesFor(topology: Topology, machine: Machine): string {
  const { node } = machine;
  switch (node.kind) {
    case 'site':
      return table([
        chain('input', ROUTER_INPUT),
        chain('forward', [...SWITCHED, ESTABLISHED, ICMP_ERRORS, ...dataFlows(topology.city).map(permit)]),
      ]);
    case 'aggregation':
      return table([
        chain('input', ROUTER_INPUT),
        chain('forward', [...apart(topology, node), ICMP_ERRORS, ...officeFlows(topology).flatMap(permitBothWays)]),
      ]);
    case 'endpoint':
      return office(topology, node);
    case 'external':
      throw new Error('externals are not ours to filter');
  }
}

// Kernels with bridge netfilter show switched packets to the forward hook too: within one segment nothing is filtered.
const SWITCHED = SITE_SEGMENTS.map(bridgeOf).map(bridge => `iifname "${bridge}" oifname "${bridge}" accept`);
/** No office reaches another, with whatever packet; and none sends with addresses that are not its own. */
function apart({ plan, city, linksAt }: Topology, aggregation: Node): readonly string[] {
  const spans = set(ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment).v4));
  const ownOnly = officesOf(city, aggregation.number).flatMap(({ number }) => {
    const access = (linksAt.get(aggregation.number) ?? []).filter(({ ends }) => ends.includes(number));
    const own = ENDPOINT_SEGMENTS.map(segment => plan.segment(number, segment).v4);
    return access.map(link => `iifname "${linkName(link)}" ip saddr != ${set([...own, linkAddresses(plan, link, number).own.v4])} drop`);
  });
  return [`ip saddr ${spans} ip daddr ${spans} drop comment "office to office"`, ...ownOnly];
}

const ESTABLISHED = 'ct state established,related accept';
const ICMP_ERRORS = 'icmp type { destination-unreachable, time-exceeded, parameter-problem } accept';
const LOOPBACK = 'iif lo accept';
/** Routing with the neighbours, ping for the NOC; a site's router also answers its own LAN's health checks by state. */
const ROUTER_INPUT = [
  LOOPBACK,
  ESTABLISHED,
  'iifname "l*" tcp dport 179 accept comment "BGP"',
  'iifname "l*" udp dport { 3784, 3785 } accept comment "BFD"',
  'icmp type echo-request accept',
  ICMP_ERRORS,
];

function office(topology: Topology, endpoint: Endpoint): string {
  const links = topology.linksAt.get(endpoint.number) ?? [];
  const lines = links.filter(({ kind }) => kind === 'internet').map(linkName);
  const flows = officeFlows(topology);
  const internet = resolveFlows(topology.city).filter(({ over }) => over === 'internet-line');
  const own = ENDPOINT_SEGMENTS.map(segment => topology.plan.segment(endpoint.number, segment).v4);
  const outgoing = [
    ESTABLISHED,
    ...lines.flatMap(line => [...internet.map(flow => `oifname "${line}" ${permit(flow)}`), `oifname "${line}" drop`]),
    `ip saddr != ${set(own)} drop comment "only our own addresses leave"`,
    ...flows.map(permit),
  ];
  return table([
    chain('input', [LOOPBACK, ESTABLISHED, ...lines.map(line => `iifname "${line}" drop`), ...flows.map(permit), ICMP_ERRORS]),
    chain('forward', [...lines.map(line => `iifname "${line}" ct state new drop`), ...outgoing]),
    chain('output', ['oif lo accept', ICMP_ERRORS, ...outgoing]),
    ...lines.map(
      line => `  chain nat-${line} {\n    type nat hook postrouting priority srcnat; policy accept;\n    oifname "${line}" masquerade\n  }`,
    ),
  ]);
}

const dataFlows = (city: City): readonly ResolvedFlow[] => resolveFlows(city).filter(({ over }) => over === 'data-network');

/** Flows that start or end in an office. */
function officeFlows({ city, plan }: Topology): readonly ResolvedFlow[] {
  const spans = new Set(ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment).v4));
  return dataFlows(city).filter(({ from, to }) => [...from, ...to].some(({ v4 }) => spans.has(v4)));
}

const permit = ({ from, to, protocol, ports, why }: ResolvedFlow): string =>
  `ip saddr ${prefixes(from)} ip daddr ${prefixes(to)} ${match(protocol, 'dport', ports)} accept comment "${comment(why)}"`;

const permitBothWays = (flow: ResolvedFlow): readonly string[] => [
  permit(flow),
  `ip saddr ${prefixes(flow.to)} ip daddr ${prefixes(flow.from)} ${match(flow.protocol, 'sport', flow.ports)} accept`,
];

function match(protocol: ResolvedFlow['protocol'], port: 'dport' | 'sport', ports: readonly number[]): string {
  if (protocol === 'icmp') return `icmp type ${port === 'dport' ? 'echo-request' : 'echo-reply'}`;
  return `${protocol} ${port} ${set(ranges(ports))}`;
}

/** Consecutive ports as one range. */
function ranges(ports: readonly number[]): readonly string[] {
  const runs: [number, number][] = [];
  for (const port of ports.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && port === last[1] + 1) last[1] = port;
    else runs.push([port, port]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

const prefixes = (list: readonly FlowPrefix[]): string => set([...new Set(list.map(({ v4 }) => v4))]);
const set = (items: readonly string[]): string => (items.length === 1 ? `${items[0]}` : `{ ${items.join(', ')} }`);
/** nftables' comments end at a quote and at 128 bytes. */
const comment = (text: string): string =>
  Buffer.from(text.replaceAll('"', "'"))
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\uFFFD$/, '');

/** Replaced as a whole in one transaction: there is no moment without a filter. */
const table = (chains: readonly string[]): string => `table ${TABLE}\ndelete table ${TABLE}\ntable ${TABLE} {\n${chains.join('\n')}\n}\n`;

const chain = (hook: 'input' | 'forward' | 'output', rules: readonly string[]): string =>
  `  chain ${hook} {\n    type filter hook ${hook} priority filter; policy drop;\n${rules.map(rule => `    ${rule}\n`).join('')}  }`;
