import { asnOf, FAMILIES, type Family } from '../../city/addresses.js';
import { farEnd, type Link, type Node } from '../../city/model.js';
import { carriesRoutes, isDataCentre } from '../../city/routing/policy.js';
import type { Process } from '../host.js';
import type { Program } from '../program.js';
import { linkAddresses, type Machine, type Topology } from '../topology.js';
import { FRR_WORDS, mapsFor, ownPrefixes, policyDefinitions } from './frr-policy.js';

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
  // All three daemons refuse to start without the first and use none of it: no system call that it is for is left (`system-calls.ts`).
  // The second lets bfdd run in real time.
  capabilities: ['CAP_SYS_ADMIN', 'CAP_SYS_NICE'],
  render: (topology, { node }) => ({
    files: [
      { path: '/etc/frr/zebra.conf', content: ZEBRA, ...READ_BY_FRR },
      { path: '/etc/frr/bfdd.conf', content: BFDD, ...READ_BY_FRR },
      { path: '/etc/frr/bgpd.conf', content: bgpdOf(topology, node), ...READ_BY_FRR, onChange: 'reload' },
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
    `until [ -S /run/frr/zserv.api ]; do sleep 0.2; done; ${name === 'bgpd' ? START_BGPD : `exec /usr/lib/frr/bfdd -f /etc/frr/bfdd.conf -A 127.0.0.1`}`,
  ],
});
// Between these two words FRR takes the lines together; one by one, each prefix list would be read again for each of its lines.
const START_BGPD = [
  '(umask 027; (echo XFRR_start_configuration; cat /etc/frr/bgpd.conf; echo XFRR_end_configuration) > /run/frr/bgpd.conf)',
  'chgrp frr /run/frr/bgpd.conf',
  'exec /usr/lib/frr/bgpd -f /run/frr/bgpd.conf -A 127.0.0.1 -p 179',
].join('; ');
// Changes the lines that differ, and no others. Of bgpd only: it sends prefix lists to every daemon, and the reload of another,
// whose file has none, would remove them everywhere.
// All differences first go in at once: by itself it removes line by line, seconds in which a node announces half of its prefixes.
// Then it does what is left, and reports whether the file is applied.
const reload = (...words: readonly string[]): string =>
  ['/usr/lib/frr/frr-reload.py', ...words, '--daemon bgpd /etc/frr/bgpd.conf'].join(' ');
const RELOAD_BGPD = {
  command: ['sh', '-c', `${reload('--test', '--test-reset')} 2> /dev/null | vtysh -d bgpd -f /dev/stdin; exec ${reload('--reload')}`],
};
// Neither sends its routes again to a zebra that came back, so both start with it. All three begin as root and become frr by themselves.
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

/** The configuration of a node's bgpd. */
export function bgpdOf(topology: Topology, node: Node): string {
  const peers = (topology.linksAt.get(node.number) ?? []).filter(carriesRoutes).map(link => peerOf(topology, node, link));
  return `${[
    'log stdout warnings',
    ...policyDefinitions(
      topology,
      node,
      peers.map(({ far }) => far),
    ),
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
      ...ownPrefixes(family, topology, node).map(prefix => `  network ${prefix}`),
      ...(isDataCentre(node) ? ['  redistribute kernel route-map SERVICES'] : []),
      ...peers.flatMap(peer => policyLines(family, topology, node, peer)),
      ' exit-address-family',
    ]),
    'exit',
  ].join('\n')}\n`;
}

interface Peer {
  readonly address: string;
  /** Of the link: two of them may lead to one neighbour. */
  readonly name: string;
  readonly far: Node;
}

function peerOf(topology: Topology, node: Node, link: Link): Peer {
  const far = topology.nodes.get(farEnd(link, node.number));
  if (far === undefined) throw new Error(`link ${link.number} leads to no node`); // the loader refuses it
  return {
    address: linkAddresses(topology.plan, link, node.number).peer.v4,
    name: `l${link.number}`,
    far,
  };
}

const peerLines = ({ address, name, far }: Peer): readonly string[] => [
  ` neighbor ${address} remote-as ${asnOf(far.number)}`,
  ` neighbor ${address} description ${name}`,
  ` neighbor ${address} timers connect ${BGP_TIMERS_SECONDS.connect}`,
  ` neighbor ${address} advertisement-interval 0`,
  // Both, as the running configuration shows them: frr-reload would take away what the file has not, and BFD with it.
  ` neighbor ${address} bfd`,
  ` neighbor ${address} bfd profile line`,
  // No `ttl-security`: with it FRR 8.4 requests BFD over several hops, on another port and without BFD's own check of the time to live.
  ` neighbor ${address} enforce-first-as`,
];

/**
 * A session speaks IPv4 by itself, IPv6 when activated. For IPv6 it announces two next hops, the link's address of the plan and the device's own;
 * zebra installs the latter, which comes from the MAC and so from the plan, too.
 *
 * What is not taken is not kept either (FRR counts it by neighbour), so the lists bound the memory; the limit is there in case they fail.
 * It must not count what was not taken: FRR 8.4 then counts that of all neighbours (`bgp_filtered_routes_count`), and ends good sessions.
 */
const policyLines = (family: Family, topology: Topology, node: Node, { address, far }: Peer): readonly string[] => {
  const { from, to, most } = mapsFor(family, topology, node, far);
  return [
    ...(family === 'v6' ? [`  neighbor ${address} activate`] : []),
    `  neighbor ${address} route-map ${from} in`,
    `  neighbor ${address} route-map ${to} out`,
    `  neighbor ${address} maximum-prefix ${most} restart ${LIMIT_MINUTES}`,
  ];
};
/** A session that was ended because the neighbour sent too many prefixes is tried again after so long. */
const LIMIT_MINUTES = 5;

/** Machines that speak BGP. */
export const speaksBgp = ({ role }: Machine): boolean => role === 'router' || role === 'aggregation' || role === 'external';
