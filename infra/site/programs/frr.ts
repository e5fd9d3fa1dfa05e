import { ANNOUNCEMENT_METRICS } from '../../../agents/contract/announcer.js';
import { asnOf, FAMILIES, type Family } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS } from '../../city/identity.js';
import { farEnd, type Link, type Node, type Site } from '../../city/model.js';
import {
  ANNOUNCEMENTS,
  carriesRoutes,
  EXCHANGES,
  isDataCentre,
  type Policy,
  PREPENDS,
  policyFor,
  type RouteClass,
} from '../../city/routing/policy.js';
import type { Process } from '../host.js';
import type { Program } from '../program.js';
import { linkAddresses, type Machine, officesOf, type Topology } from '../topology.js';

/** Detection of a silent line: 300 ms × 3. */
const BFD = { intervalMs: 300, multiplier: 3 } as const;
/** Hellos and hold time without BFD's help; BFD is always faster. */
const BGP_TIMERS_SECONDS = { keepalive: 3, hold: 9, connect: 1 } as const;

/**
 * FRR's zebra, bgpd and bfdd: eBGP and BFD on every link that is not an office's own, by the city's routing policy.
 *
 * One session a link, over IPv4, carries the routes of both families: there is one thing to detect and one to fail.
 */
export const frr: Program = {
  name: 'frr',
  packages: ['frr', 'frr-pythontools'],
  // BGP and BFD: filters let a line's two ends speak, whatever the matrix says.
  connects: () => [],
  // zebra and bgpd refuse to start without the first; the second lets bfdd run in real time.
  capabilities: ['CAP_SYS_ADMIN', 'CAP_SYS_NICE'],
  render: (topology, { node }) => ({
    files: [
      { path: '/etc/frr/zebra.conf', content: ZEBRA, ...READ_BY_FRR },
      { path: '/etc/frr/bfdd.conf', content: BFDD, ...READ_BY_FRR },
      { path: '/etc/frr/bgpd.conf', content: bgpd(topology, node), ...READ_BY_FRR, onChange: 'reload' },
      { path: '/etc/frr/vtysh.conf', content: 'no service integrated-vtysh-config\n', ...READ_BY_FRR },
    ],
    processes: PROCESSES,
  }),
  lints: ['zebra', 'bfdd', 'bgpd'].map(daemon => ({
    command: [`/usr/lib/frr/${daemon}`, '-C', '-f', `/etc/frr/${daemon}.conf`],
    // Its words for every mistake in a file, each after its kind: "No such command on config line 7".
    refuses: /on config line|can't open|% /i,
  })),
};

const READ_BY_FRR = { owner: 'frr', mode: 0o640, onChange: 'restart' } as const;
const ZEBRA = 'log stdout warnings\n';
const BFDD = `log stdout warnings
bfd
 profile line
  transmit-interval ${BFD.intervalMs}
  receive-interval ${BFD.intervalMs}
  detect-multiplier ${BFD.multiplier}
 exit
exit
`;

// A daemon that finds no zebra tries again after ten seconds: await its socket.
const daemon = (name: 'bgpd' | 'bfdd'): Omit<Process, 'program'> => ({
  name,
  // bgpd and zebra have their host's weight instead: in real time, bgpd took both processors for minutes whenever a reload of its policy
  // made it judge every route again, and citizens waited for up to 19 s.
  ...(name === 'bfdd' ? { realTime: true } : {}),
  command: [
    'sh',
    '-c',
    `until [ -S /run/frr/zserv.api ]; do sleep 0.2; done; exec /usr/lib/frr/${name} -f /etc/frr/${name}.conf -A 127.0.0.1 ${name === 'bgpd' ? '-p 179' : ''}`,
  ],
});
// Changes the lines that differ, and no others. Of bgpd only: it sends prefix lists to every daemon, and the reload of another,
// whose file has none, would remove them everywhere.
// All differences first go in at once: by itself it removes line by line, seconds in which a node announces half of its prefixes.
// Then it does what is left, and reports whether the file is applied.
const reload = (...words: readonly string[]): string =>
  ['/usr/lib/frr/frr-reload.py', ...words, '--daemon bgpd /etc/frr/bgpd.conf'].join(' ');
const RELOAD_BGPD = {
  command: ['sh', '-c', `${reload('--test', '--test-reset')} 2> /dev/null | vtysh -d bgpd -f /dev/stdin; exec ${reload('--reload')}`],
};
// Neither sends its routes again to a zebra that came back, so both start with it.
const PROCESSES: readonly Omit<Process, 'program'>[] = [
  {
    name: 'zebra',
    command: [
      'sh',
      '-c',
      'kill $(pidof bgpd bfdd) 2> /dev/null; install -d -o frr -g frr /run/frr; rm -f /run/frr/zserv.api; exec /usr/lib/frr/zebra -f /etc/frr/zebra.conf -A 127.0.0.1',
    ],
  },
  { ...daemon('bgpd'), reload: RELOAD_BGPD },
  daemon('bfdd'),
];

function bgpd(topology: Topology, node: Node): string {
  const peers = (topology.linksAt.get(node.number) ?? []).filter(carriesRoutes).map(link => peerOf(topology, node, link));
  const lists = listsOf(topology, node);
  return `${[
    'log stdout warnings',
    ...FAMILIES.flatMap(family => prefixLists(family, lists[family])),
    'bgp as-path access-list ONE-HOP seq 5 permit ^[0-9]+$',
    '!',
    ...routeMaps(node, lists),
    `router bgp ${asnOf(node.number)}`,
    ` bgp router-id ${topology.plan.loopback(node.number).v4}`,
    ' bgp log-neighbor-changes',
    ' no bgp network import-check',
    ' bgp bestpath as-path multipath-relax',
    ` timers bgp ${BGP_TIMERS_SECONDS.keepalive} ${BGP_TIMERS_SECONDS.hold}`,
    ...peers.flatMap(peerLines),
    ...FAMILIES.flatMap(family => [
      ' !',
      ` address-family ${FRR_WORDS[family].family} unicast`,
      ...lists[family].own.map(prefix => `  network ${prefix}`),
      ...(isDataCentre(node) ? ['  redistribute kernel route-map SERVICES'] : []),
      ...peers.flatMap(peer => policyLines(family, peer)),
      ' exit-address-family',
    ]),
    'exit',
  ].join('\n')}\n`;
}

interface Peer {
  readonly address: string;
  readonly asn: number;
  readonly name: string;
  readonly policy: Policy;
}

function peerOf(topology: Topology, node: Node, link: Link): Peer {
  const far = topology.nodes.get(farEnd(link, node.number));
  if (far === undefined) throw new Error(`link ${link.number} leads to no node`); // the loader refuses it
  return {
    address: linkAddresses(topology.plan, link, node.number).peer.v4,
    asn: asnOf(far.number),
    name: `l${link.number}`,
    policy: policyFor(node, far),
  };
}

const peerLines = ({ address, asn, name }: Peer): readonly string[] => [
  ` neighbor ${address} remote-as ${asn}`,
  ` neighbor ${address} description ${name}`,
  ` neighbor ${address} timers connect ${BGP_TIMERS_SECONDS.connect}`,
  ` neighbor ${address} advertisement-interval 0`,
  // Both, as the running configuration shows them: frr-reload would take away what the file has not, and BFD with it.
  ` neighbor ${address} bfd`,
  ` neighbor ${address} bfd profile line`,
];

/** By family, as FRR writes it: the address family, and the word that lists and matches of its prefixes begin with. */
const FRR_WORDS = { v4: { family: 'ipv4', ip: 'ip' }, v6: { family: 'ipv6', ip: 'ipv6' } } as const satisfies Record<
  Family,
  { family: string; ip: string }
>;

/**
 * A session speaks IPv4 by itself, IPv6 when activated. For IPv6 it announces two next hops, the link's address of the plan and the device's own;
 * zebra installs the latter, which comes from the MAC and so from the plan, too.
 */
const policyLines = (family: Family, { address, policy }: Peer): readonly string[] => [
  ...(family === 'v6' ? [`  neighbor ${address} activate`] : []),
  `  neighbor ${address} route-map ${policy.toUpperCase()}-IN in`,
  `  neighbor ${address} route-map ${policy.toUpperCase()}-OUT out`,
];

/** What prefix lists permit: spans of the plan by what they are, and what this node itself originates. */
type Lists = Readonly<Record<RouteClass | 'own', readonly string[]>>;
type ListsOfBoth = Readonly<Record<Family, Lists>>;

const listsOf = (topology: Topology, node: Node): ListsOfBoth => ({
  v4: listsIn('v4', topology, node),
  v6: listsIn('v6', topology, node),
});

function listsIn(family: Family, topology: Topology, node: Node): Lists {
  const { plan, city } = topology;
  const lengthOf = (prefix: string) => prefix.split('/')[1];
  const lanBits = lengthOf(plan.lan(1)[family]);
  return {
    endpoints: ENDPOINT_SEGMENTS.map(segment => `${plan.segmentSpan(segment)[family]} ge ${lengthOf(plan.segment(0, segment)[family])}`),
    services: [`${plan.servicesSpan()[family]} ge ${HOST_BITS[family]}`],
    lans: [`${plan.lansSpan()[family]} ge ${lanBits} le ${lanBits}`],
    loopbacks: [`${plan.loopbacksSpan()[family]} ge ${HOST_BITS[family]}`],
    externals: family === 'v4' ? city.externals.flatMap(({ prefixes }) => prefixes) : [],
    own: ownPrefixes(family, topology, node),
  };
}
const HOST_BITS = { v4: 32, v6: 128 } as const satisfies Record<Family, number>;

/** The prefixes that a node originates. */
export function ownPrefixes(family: Family, { plan, city }: Pick<Topology, 'plan' | 'city'>, node: Node): readonly string[] {
  const loopback = `${plan.loopback(node.number)[family]}/${HOST_BITS[family]}`;
  switch (node.kind) {
    case 'site':
      return [plan.lan(node.number)[family], loopback];
    case 'aggregation':
      return [
        loopback,
        ...officesOf(city, node.number).flatMap(office => ENDPOINT_SEGMENTS.map(segment => plan.segment(office.number, segment)[family])),
      ];
    case 'external':
      return [loopback, ...(family === 'v4' ? node.prefixes : [])];
    case 'endpoint':
      return [];
  }
}

const prefixLists = (family: Family, lists: Lists): readonly string[] =>
  Object.entries(lists).flatMap(([name, prefixes]) =>
    prefixes.map((prefix, index) => `${FRR_WORDS[family].ip} prefix-list ${name.toUpperCase()} seq ${5 + 5 * index} permit ${prefix}`),
  );

function routeMaps(node: Node, lists: ListsOfBoth): readonly string[] {
  const policies: readonly Policy[] = isDataCentre(node) ? ['centre', 'witness', 'aggregation', 'national', 'internet'] : ['site'];
  return [
    ...policies.flatMap(policy => exchangeMaps(policy, lists)),
    ...(isDataCentre(node) ? routeMap('SERVICES', serviceEntries(node), lists) : []),
    '!',
  ];
}

/** One entry of a route map: what it permits, and what else it asks and sets. */
interface Entry {
  readonly list: keyof Lists;
  readonly lines: readonly string[];
}

/** Every entry once a family, where that has such prefixes at all: a route map is the same policy for both. */
function routeMap(name: string, entries: readonly Entry[], lists: ListsOfBoth): readonly string[] {
  const ofFamilies = entries.flatMap(entry =>
    FAMILIES.filter(family => lists[family][entry.list].length > 0).map(family => ({ ...entry, family })),
  );
  return ofFamilies.flatMap(({ list, lines, family }, index) => [
    `route-map ${name} permit ${10 + 10 * index}`,
    ` match ${FRR_WORDS[family].ip} address prefix-list ${list.toUpperCase()}`,
    ...lines,
    'exit',
  ]);
}

function exchangeMaps(policy: Policy, lists: ListsOfBoth): readonly string[] {
  const { accepts, sends, oneHop } = EXCHANGES[policy];
  const entries = (permitted: readonly (keyof Lists)[], lines: readonly string[]) => permitted.map(list => ({ list, lines }));
  return [
    ...routeMap(`${policy.toUpperCase()}-IN`, entries(accepts, oneHop ? [' match as-path ONE-HOP'] : []), lists),
    ...routeMap(`${policy.toUpperCase()}-OUT`, entries(sends === 'own' ? ['own'] : sends, []), lists),
  ];
}

/** The announcer's kernel routes become BGP routes; their metric says how. `prepend last-as` does nothing on own routes: explicit ASNs. */
const serviceEntries = (site: Site): readonly Entry[] =>
  ANNOUNCEMENTS.map(how => {
    const prepends = PREPENDS[site.role][how];
    return {
      list: 'services',
      lines: [
        ` match metric ${ANNOUNCEMENT_METRICS[how]}`,
        ' set metric 0',
        ...(prepends === 0 ? [] : [` set as-path prepend ${Array(prepends).fill(asnOf(site.number)).join(' ')}`]),
      ],
    };
  });

/** Machines that speak BGP. */
export const speaksBgp = ({ role }: Machine): boolean => role === 'router' || role === 'aggregation' || role === 'external';
