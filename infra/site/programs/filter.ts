import { FAMILIES, type Family, inBoth } from '../../city/addresses.js';
import { type FlowPrefix, type ResolvedFlow, resolveFlows } from '../../city/flows.js';
import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../city/identity.js';
import { type City, type Endpoint, farEnd, type Link, linkName, type Node } from '../../city/model.js';
import { once } from '../../city/once.js';
import { carriesRoutes } from '../../city/routing/policy.js';
import { runsOf } from '../../city/runs.js';
import type { Program } from '../program.js';
import { bridgeOf, linkAddresses, type Machine, type Topology, type Tunnels } from '../topology.js';

export const FILTER_PATH = '/etc/citydc/filter.nft';
/** Our table; a host's other tables (a fault's, Docker's) are never touched. */
const TABLE = 'inet citydc';

/**
 * The allowed-flows matrix as nftables: stateful at the office and at the site's router, stateless in between, all else dropped.
 *
 * An aggregation node has no rule from office to office, so a worm in one ward stays there. Every rule that names addresses or messages
 * is there for both families; what has no IPv6 prefix has no IPv6 rule, and is dropped.
 */
export const filter: Program = {
  name: 'filter',
  packages: ['nftables'],
  connects: () => [],
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
        chain('input', routerInput(topology, node, ownFromOutside(topology, node))),
        chain('forward', [...SWITCHED, ESTABLISHED, ...ICMP_ERRORS, ...ownFromOutside(topology, node), ...siteFlows(topology)]),
      ]);
    case 'aggregation': {
      const ownOnly = ownFromOffices(topology, node);
      return table([
        chain('input', routerInput(topology, node, ownOnly)),
        chain('forward', [...apart(topology, node), ...ownOnly, ...ICMP_ERRORS, ...officeFlows(topology).flatMap(permitBothWays)]),
      ]);
    }
    case 'endpoint':
      return office(topology, node);
    case 'external':
      throw new Error('externals are not ours to filter');
  }
}

// Kernels with bridge netfilter show switched packets to the forward hook too: within one segment nothing is filtered.
const SWITCHED = SITE_SEGMENTS.map(bridgeOf).map(bridge => `iifname "${bridge}" oifname "${bridge}" accept`);
/** No office reaches another, with whatever packet, whichever node the other is behind. */
function apart({ plan, linksAt }: Topology, aggregation: Node): readonly string[] {
  const lines = (linksAt.get(aggregation.number) ?? []).filter(({ kind }) => kind === 'access');
  if (lines.length === 0) return [];
  const [from, to] = [`iifname ${set(lines.map(quoted))}`, `oifname ${set(lines.map(quoted))}`];
  const spans = ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment));
  const segments = (family: Family) => set(prefixesIn(family, spans));
  return [
    `${from} ${to} drop`,
    ...inBoth(family => `${from} ${NFT_WORDS[family].ip} daddr ${segments(family)} drop`),
    ...inBoth(family => `${to} ${NFT_WORDS[family].ip} saddr ${segments(family)} drop`),
  ].map(rule => `${rule} comment "office to office"`);
}

/** None sends with addresses that are not its own. */
function ownFromOffices({ plan, linksAt }: Topology, aggregation: Node): readonly string[] {
  const access = (linksAt.get(aggregation.number) ?? []).filter(({ kind }) => kind === 'access');
  return access.flatMap(link => {
    const number = farEnd(link, aggregation.number);
    const own = ENDPOINT_SEGMENTS.map(segment => plan.segment(number, segment));
    return inBoth(family => `iifname ${quoted(link)} ${notFrom(family, [...own, linkAddresses(plan, link, number).own])} drop`);
  });
}

/** What nftables calls a family's addresses, its control messages, and those of them that report errors. */
const NFT_WORDS = {
  v4: { ip: 'ip', icmp: 'icmp', errors: ['destination-unreachable', 'time-exceeded', 'parameter-problem'] },
  v6: { ip: 'ip6', icmp: 'icmpv6', errors: ['destination-unreachable', 'packet-too-big', 'time-exceeded', 'parameter-problem'] },
} as const satisfies Record<Family, { ip: string; icmp: string; errors: readonly string[] }>;

/** What is not ours has no IPv6 prefix in the inventory. */
const outside = (v4: string): FlowPrefix => ({ v4, v6: undefined });
const quoted = (link: Link): string => `"${linkName(link)}"`;
const set = (items: readonly string[]): string => (items.length === 1 ? `${items[0]}` : `{ ${items.join(', ')} }`);

const ESTABLISHED = 'ct state established,related accept';
const ICMP_ERRORS = inBoth(family => `${NFT_WORDS[family].icmp} type ${set(NFT_WORDS[family].errors)} accept`);
/** IPv6 finds its neighbours by messages that a filter sees; IPv4 does not. The kernel takes them from the same line only (RFC 4861, 7.1). */
const NEIGHBOURS = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept';
const LOOPBACK = 'iif lo accept';
/** What carries the wires themselves, where they are tunnels; from which peers, another table of the target says. */
const tunnelled = (tunnels: Tunnels | undefined, direction: 'iifname' | 'oifname'): readonly string[] =>
  tunnels === undefined ? [] : [`${direction} "${tunnels.device}" udp dport ${tunnels.port} accept comment "the wires"`];
/** Routing with the neighbours, and what the matrix lets ask a router; a site's router also hears its own LAN's answers, by state. */
function routerInput({ city, plan, linksAt, tunnels }: Topology, { number }: Node, ownOnly: readonly string[]): readonly string[] {
  const ends = [plan.linksSpan()];
  const neighbours = `iifname ${set((linksAt.get(number) ?? []).filter(carriesRoutes).map(quoted))}`;
  const own = new Set([plan.loopbacksSpan().v4, plan.linksSpan().v4]);
  return [
    ...tunnelled(tunnels, 'iifname'),
    LOOPBACK,
    ESTABLISHED,
    NEIGHBOURS,
    ...ICMP_ERRORS,
    ...ownOnly,
    ...inBoth(family => `${neighbours} ${between(family, ends, ends)} tcp dport 179 accept comment "BGP"`),
    ...inBoth(family => `${neighbours} ${between(family, ends, ends)} udp dport { 3784, 3785 } accept comment "BFD"`),
    ...dataFlows(city)
      .filter(({ to }) => to.some(({ v4 }) => own.has(v4)))
      .flatMap(permit),
  ];
}

/** What is not ours begins nothing with an address that it does not have: it could pass for a monitor. */
const ownFromOutside = ({ plan, nodes, linksAt }: Topology, site: Node): readonly string[] =>
  (linksAt.get(site.number) ?? []).flatMap(link => {
    const far = nodes.get(farEnd(link, site.number));
    if (far?.kind !== 'external') return [];
    const own = [...far.prefixes.map(outside), plan.loopback(far.number), linkAddresses(plan, link, far.number).own];
    return inBoth(family => `iifname ${quoted(link)} ${notFrom(family, own)} drop comment "only its own addresses come from outside"`);
  });

function office(topology: Topology, endpoint: Endpoint): string {
  const links = topology.linksAt.get(endpoint.number) ?? [];
  const lines = links.filter(({ kind }) => kind === 'internet').map(linkName);
  const flows = officeFlows(topology);
  const internet = flowsOf(topology.city).filter(({ over }) => over === 'internet-line');
  const own = ENDPOINT_SEGMENTS.map(segment => topology.plan.segment(endpoint.number, segment));
  const leaves = `oifname ${set(links.map(quoted))}`;
  // What comes from the network for a device behind this router has the address of another: only what leaves is bound to our own.
  const outgoing = [
    ...inBoth(family => `${leaves} ${notFrom(family, own)} drop comment "only our own addresses leave"`),
    ...lines.flatMap(line => [...internet.flatMap(permit).map(rule => `oifname "${line}" ${rule}`), `oifname "${line}" drop`]),
    ...flows.flatMap(permit),
  ];
  const answersOnly = [ESTABLISHED, ...lines.map(line => `iifname "${line}" drop`)];
  const known = [...flows.flatMap(permit), NEIGHBOURS, ...ICMP_ERRORS];
  return table([
    chain('input', [...tunnelled(topology.tunnels, 'iifname'), LOOPBACK, ...answersOnly, ...known]),
    chain('forward', [...answersOnly, ...outgoing]),
    chain('output', [...tunnelled(topology.tunnels, 'oifname'), 'oif lo accept', NEIGHBOURS, ...ICMP_ERRORS, ESTABLISHED, ...outgoing]),
    ...lines.map(
      line => `  chain nat-${line} {\n    type nat hook postrouting priority srcnat; policy accept;\n    oifname "${line}" masquerade\n  }`,
    ),
  ]);
}

// Every host of a city is rendered from the same flows, and most of its rules are those of others.
const flowsOf = once(resolveFlows);
const dataFlows = once((city: City) => flowsOf(city).filter(({ over }) => over === 'data-network'));

/**
 * A site's router keeps state for what begins or ends at its site. Between an office and what is not ours it is one of two ways, and
 * the answer may come by the other: there it is stateless, as an aggregation node is; the office keeps the state.
 */
function siteFlows(topology: Topology): readonly string[] {
  const passing = new Set(officeFlows(topology).filter(({ from, to }) => [...from, ...to].some(isOutside(topology.city))));
  return dataFlows(topology.city).flatMap(flow => (passing.has(flow) && !fromSite(topology, flow) ? permitBothWays(flow) : permit(flow)));
}

const isOutside = ({ externals }: City): ((prefix: FlowPrefix) => boolean) => {
  const prefixes = new Set(externals.flatMap(each => each.prefixes));
  return ({ v4 }) => prefixes.has(v4);
};
const fromSite = ({ city, plan }: Topology, { from }: ResolvedFlow): boolean =>
  from.some(({ v4 }) => city.sites.some(({ number }) => SITE_SEGMENTS.some(segment => plan.lanSegment(number, segment).v4 === v4)));

/** Flows that start or end in an office. */
const officeFlows = once(({ city, plan }: Topology) => {
  const spans = new Set(ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment).v4));
  return dataFlows(city).filter(({ from, to }) => [...from, ...to].some(({ v4 }) => spans.has(v4)));
});

const permit = once(({ from, to, protocol, ports, why }: ResolvedFlow) =>
  familiesOf(from, to).map(
    family => `${between(family, from, to)} ${match(family, protocol, 'dport', ports)} accept comment "${comment(why)}"`,
  ),
);

const permitBothWays = (flow: ResolvedFlow): readonly string[] => [...permit(flow), ...permitBack(flow)];
const permitBack = once(({ from, to, protocol, ports }: ResolvedFlow) =>
  familiesOf(from, to).map(family => `${between(family, to, from)} ${match(family, protocol, 'sport', ports)} accept`),
);

/** Those in which both ends of a flow have addresses. */
const familiesOf = (from: readonly FlowPrefix[], to: readonly FlowPrefix[]): readonly Family[] =>
  FAMILIES.filter(family => prefixesIn(family, from).length > 0 && prefixesIn(family, to).length > 0);

const between = (family: Family, from: readonly FlowPrefix[], to: readonly FlowPrefix[]): string =>
  `${NFT_WORDS[family].ip} saddr ${set(prefixesIn(family, from))} ${NFT_WORDS[family].ip} daddr ${set(prefixesIn(family, to))}`;
const notFrom = (family: Family, own: readonly FlowPrefix[]): string => `${NFT_WORDS[family].ip} saddr != ${set(prefixesIn(family, own))}`;

function match(family: Family, protocol: ResolvedFlow['protocol'], port: 'dport' | 'sport', ports: readonly number[]): string {
  if (protocol === 'icmp') return `${NFT_WORDS[family].icmp} type ${port === 'dport' ? 'echo-request' : 'echo-reply'}`;
  return `${protocol} ${port} ${set(runsOf(ports).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)))}`;
}

const prefixesIn = (family: Family, list: readonly FlowPrefix[]): readonly string[] => [
  ...new Set(list.flatMap(prefix => prefix[family] ?? [])),
];
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
