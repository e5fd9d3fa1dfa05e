import { ANNOUNCEMENT_METRICS } from '../../../agents/contract/announcer.js';
import { asnOf } from '../../city/addresses.js';
import {
  type Aggregation,
  type City,
  ENDPOINT_SEGMENTS,
  type External,
  farEnd,
  type Link,
  type Node,
  type Site,
} from '../../city/model.js';
import { ANNOUNCEMENTS, carriesRoutes, EXCHANGES, isDataCentre, type Policy, PREPENDS, policyFor } from '../../city/routing/policy.js';
import type { Process } from '../host.js';
import type { Program } from '../program.js';
import { linkAddresses, type Machine, officesOf, type Topology } from '../topology.js';

/** Detection of a silent line: 300 ms × 3. */
const BFD = { intervalMs: 300, multiplier: 3 } as const;
/** Hellos and hold time without BFD's help; BFD is always faster. */
const BGP_TIMERS_SECONDS = { keepalive: 3, hold: 9, connect: 1 } as const;
/**
 * FRR's zebra, bgpd and bfdd: eBGP and BFD on every link that is not an office's own, by the city's routing policy.
 */
export const frr: Program = {
  name: 'frr',
  packages: ['frr', 'frr-pythontools'],
  // zebra and bgpd refuse to start without it.
  capabilities: ['CAP_SYS_ADMIN'],
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
const ZEBRA = 'log stdout warnings\nno ipv6 forwarding\n';
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
  command: [
    'sh',
    '-c',
    `until [ -S /run/frr/zserv.api ]; do sleep 0.2; done; exec /usr/lib/frr/${name} -f /etc/frr/${name}.conf -A 127.0.0.1 ${name === 'bgpd' ? '-p 179' : ''}`,
  ],
});
// Changes the lines that differ, and no others. Of bgpd only: it tells prefix lists to every daemon, and the reload of another,
// whose file has none, would remove them everywhere.
const RELOAD_BGPD = { command: ['/usr/lib/frr/frr-reload.py', '--reload', '--daemon', 'bgpd', '/etc/frr/bgpd.conf'] };
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
  return `${[
    'log stdout warnings',
    ...prefixLists(topology, node),
    'bgp as-path access-list ONE-HOP seq 5 permit ^[0-9]+$',
    '!',
    ...routeMaps(node),
    `router bgp ${asnOf(node.number)}`,
    ` bgp router-id ${topology.plan.loopback(node.number).v4}`,
    ' bgp log-neighbor-changes',
    ' no bgp network import-check',
    ' bgp bestpath as-path multipath-relax',
    ` timers bgp ${BGP_TIMERS_SECONDS.keepalive} ${BGP_TIMERS_SECONDS.hold}`,
    ...peers.flatMap(peerLines),
    ' !',
    ' address-family ipv4 unicast',
    ...ownPrefixes(topology, node).map(prefix => `  network ${prefix}`),
    ...(isDataCentre(node) ? ['  redistribute kernel route-map SERVICES'] : []),
    ...peers.flatMap(({ address, policy }) => [
      `  neighbor ${address} route-map ${policy.toUpperCase()}-IN in`,
      `  neighbor ${address} route-map ${policy.toUpperCase()}-OUT out`,
    ]),
    ' exit-address-family',
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

/** Spans of the plan by what they are, then what this node itself originates. */
function prefixLists({ plan, city }: Topology, node: Node): readonly string[] {
  const list = (name: string, prefixes: readonly string[]) =>
    prefixes.map((prefix, index) => `ip prefix-list ${name} seq ${5 + 5 * index} permit ${prefix}`);
  const segmentBits = plan.segment(0, 'office').v4.split('/')[1];
  return [
    ...list(
      'ENDPOINTS',
      ENDPOINT_SEGMENTS.map(segment => `${plan.segmentSpan(segment).v4} ge ${segmentBits}`),
    ),
    ...list('SERVICES', [`${plan.servicesSpan().v4} ge 32`]),
    ...list('LANS', [`${plan.lansSpan().v4} ge 20 le 20`]),
    ...list('LOOPBACKS', [`${plan.loopbacksSpan().v4} ge 32`]),
    ...list('EXTERNALS', externalPrefixes(city)),
    ...list('OWN', ownPrefixes({ plan, city }, node)),
  ];
}

const externalPrefixes = (city: City): readonly string[] => city.externals.flatMap(({ prefixes }) => prefixes);

function ownPrefixes({ plan, city }: Pick<Topology, 'plan' | 'city'>, node: Aggregation | External | Site | Node): readonly string[] {
  const loopback = `${plan.loopback(node.number).v4}/32`;
  switch (node.kind) {
    case 'site':
      return [plan.lan(node.number).v4, loopback];
    case 'aggregation':
      return [
        loopback,
        ...officesOf(city, node.number).flatMap(office => ENDPOINT_SEGMENTS.map(segment => plan.segment(office.number, segment).v4)),
      ];
    case 'external':
      return [loopback, ...node.prefixes];
    case 'endpoint':
      return [];
  }
}

function routeMaps(node: Node): readonly string[] {
  const policies: readonly Policy[] = isDataCentre(node) ? ['centre', 'witness', 'aggregation', 'external'] : ['site'];
  return [...policies.flatMap(exchangeMaps), ...(isDataCentre(node) ? serviceMap(node) : []), '!'];
}

function exchangeMaps(policy: Policy): readonly string[] {
  const { accepts, sends, oneHop } = EXCHANGES[policy];
  const map = (direction: 'IN' | 'OUT', lists: readonly string[], extra: readonly string[]) =>
    lists.flatMap((list, index) => [
      `route-map ${policy.toUpperCase()}-${direction} permit ${10 + 10 * index}`,
      ` match ip address prefix-list ${list.toUpperCase()}`,
      ...extra,
      'exit',
    ]);
  return [...map('IN', accepts, oneHop ? [' match as-path ONE-HOP'] : []), ...map('OUT', sends === 'own' ? ['own'] : sends, [])];
}

/** The announcer's kernel routes become BGP routes; their metric says how. `prepend last-as` does nothing on own routes: explicit ASNs. */
function serviceMap(site: Site): readonly string[] {
  const own = asnOf(site.number);
  return ANNOUNCEMENTS.flatMap((how, index) => {
    const prepends = PREPENDS[site.role][how];
    return [
      `route-map SERVICES permit ${10 + 10 * index}`,
      ' match ip address prefix-list SERVICES',
      ` match metric ${ANNOUNCEMENT_METRICS[how]}`,
      ' set metric 0',
      ...(prepends === 0 ? [] : [` set as-path prepend ${Array(prepends).fill(own).join(' ')}`]),
      'exit',
    ];
  });
}

/** Machines that speak BGP. */
export const speaksBgp = ({ role }: Machine): boolean => role === 'router' || role === 'aggregation' || role === 'external';
