/** What no filter may let through whatever the matrix says: office to office, addresses of others, what an office's own line brings. */

import { FAMILIES, type Family } from '../../city/addresses.js';
import { type ElementNumber, ENDPOINT_SEGMENTS } from '../../city/identity.js';
import { farEnd, type Link, linkName } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import { linkAddresses, type Topology } from '../../site/topology.js';
import type { Devices } from '../nftables/devices.js';
import { decideAll } from '../nftables/evaluate.js';
import { type Filters, type HostFilter, pathOfHost } from '../nftables/filters.js';
import { type FilterRule, filterAt } from '../nftables/ruleset.js';
import { addressName } from '../sets/address.js';
import { ANY_ADDRESS, ANY_SERVICE, ICMP_ERRORS, NEIGHBOUR_TALK, state } from '../sets/packets.js';
import { common, firstPacket, type Region } from '../sets/region.js';
import { NONE, type Spans, subtract, union } from '../sets/spans.js';
import { spansFrom, zoneAddresses } from '../symmetry/zones.js';
import { FILTERED, type Filtered, packetName, packetsAt } from './admitted.js';

/** Packets that must not get through a chain. */
interface Forbidden {
  readonly hook: Filtered;
  readonly what: string;
  readonly hint: () => string;
  readonly packets: Partial<Region>;
}

/** How many demands there were, and those that are not kept. @param count how many hosts one stands for */
export function letThrough(
  topology: Topology,
  filters: Filters,
  count: (host: HostFilter) => number,
): { readonly problems: readonly Problem[]; readonly demands: number } {
  const asked = FAMILIES.flatMap(family => {
    const offices = officeSpans(topology, family);
    return [...filters.hosts.values()].flatMap(host =>
      forbiddenAt(topology, filters, { host, family, offices }).map(forbidden => ({ host, family, forbidden })),
    );
  });
  return {
    problems: [
      ...policies(topology, filters),
      ...undisguised(topology, filters),
      ...asked.flatMap(each => kept(topology, filters.devices, each)),
    ],
    demands: asked.reduce((sum, { host }) => sum + count(host), 0),
  };
}

interface Asked {
  readonly host: HostFilter;
  readonly family: Family;
  readonly forbidden: Forbidden;
}

function kept(topology: Topology, devices: Devices, { host, family, forbidden }: Asked): readonly Problem[] {
  const judges = host.at(family, forbidden.hook);
  const all = packetsAt(forbidden.hook, family, devices, host.devices);
  const packets = common(all, { ...all, ...forbidden.packets });
  if (packets === undefined || judges === undefined) return [];
  const passing = decideAll(judges, packets).find(({ verdict }) => verdict === 'accept');
  if (passing === undefined) return [];
  const by = passing.rule === undefined ? 'the policy' : `rule '${passing.rule.text}'`;
  const example = packetName(family, firstPacket(passing.region), devices);
  return [
    {
      rule: 'segmentation',
      path: pathOfHost(topology, host.machine.name),
      message: `${host.machine.name} lets ${forbidden.what} through: ${example}; chain ${forbidden.hook}, ${by}`,
      hint: forbidden.hint(),
    },
  ];
}

/** Every chain that filters drops what no rule decides; a host forwards and takes through one, an office also sends through one. */
const policies = (topology: Topology, { hosts }: Filters): readonly Problem[] =>
  [...hosts.values()].flatMap(({ machine, ruleset }) =>
    FILTERED.filter(hook => hook !== 'output' || machine.role === 'office').flatMap(hook => {
      const chain = filterAt(ruleset, hook);
      if (chain?.policy === 'drop') return [];
      const found = chain === undefined ? 'has no chain' : 'accepts what no rule decides';
      return [
        {
          rule: 'segmentation',
          path: pathOfHost(topology, machine.name),
          message: `${machine.name}: hook ${hook} ${found}`,
          hint: `give it a chain with 'type filter hook ${hook} priority filter; policy drop;'`,
        },
      ];
    }),
  );

/** What leaves by an office's own line must leave with the line's address: the Internet has no way back to any other. */
const undisguised = (topology: Topology, { hosts }: Filters): readonly Problem[] =>
  [...hosts.values()].flatMap(({ machine, ruleset }) =>
    (topology.linksAt.get(machine.node.number) ?? [])
      .filter(({ kind }) => kind === 'internet' && machine.role === 'office')
      .map(linkName)
      .filter(line => !ruleset.chains.some(chain => chain.rules.some(rule => disguises(rule, line))))
      .map(line => ({
        rule: 'segmentation',
        path: pathOfHost(topology, machine.name),
        message: `${machine.name}: what leaves by its own line ${line} keeps an address to which nothing comes back`,
        hint: `give it a chain with 'type nat hook postrouting priority srcnat; policy accept;' and the rule 'oifname "${line}" masquerade'`,
      })),
  );

const disguises = ({ verdict, matches: [match, ...more] }: FilterRule, line: string): boolean =>
  verdict === 'masquerade' &&
  more.length === 0 &&
  match?.of === 'device' &&
  match.line === 'leaves' &&
  !match.not &&
  match.names.includes(line);

const officeSpans = (topology: Topology, family: Family): Spans => {
  const zones = zoneAddresses(topology, family);
  return union(...ENDPOINT_SEGMENTS.map(segment => zones.get(segment) ?? []));
};

interface At {
  readonly host: HostFilter;
  readonly family: Family;
  readonly offices: Spans;
}

function forbiddenAt(topology: Topology, { devices, offices: segments }: Filters, { host, family, offices }: At): readonly Forbidden[] {
  const { node } = host.machine;
  const links = topology.linksAt.get(node.number) ?? [];
  const farAddress = (link: Link) => linkAddresses(topology.plan, link, node.number).peer[family];
  const segmentsOf = (office: ElementNumber): Spans => segments.get(office)?.[family] ?? NONE;
  switch (node.kind) {
    case 'aggregation': {
      const lines = links.filter(({ kind }) => kind === 'access');
      const access = union(...lines.map(link => devices.named(linkName(link))));
      return [
        ...[
          { enters: access, leaves: access },
          { enters: access, destination: offices },
          { leaves: access, source: offices },
        ].map(packets => ({ hook: 'forward' as const, what: 'office to office', hint: OFFICE_TO_OFFICE, packets })),
        ...lines.flatMap(link =>
          spoofed(devices, link, union(segmentsOf(farEnd(link, node.number)), spansFrom([farAddress(link)])), family),
        ),
      ];
    }
    case 'site':
      return links.flatMap(link => {
        const far = topology.nodes.get(farEnd(link, node.number));
        if (far?.kind !== 'external') return [];
        const prefixes = family === 'v4' ? far.prefixes : [];
        const own = spansFrom([...prefixes, topology.plan.loopback(far.number)[family], farAddress(link)]);
        return spoofed(devices, link, own, family, BEGINNINGS[family]);
      });
    case 'endpoint':
      return [
        ...(['forward', 'output'] as const).map(hook => leaving(devices, links, hook, segmentsOf(node.number), family)),
        ...links.filter(({ kind }) => kind === 'internet').flatMap(line => fromOutside(devices, line)),
      ];
    case 'external':
      return [];
  }
}

const OFFICE_TO_OFFICE = () => 'drop it before every rule that accepts, so that a worm in one ward stays there';

const others = (own: Spans, family: Family): Spans => subtract(ANY_ADDRESS[family], own);
const namesOf = (own: Spans): string => own.map(([from]) => `${addressName(from)} …`).join(', ');

/**
 * What comes in by a link with an address that the far end does not have.
 *
 * @param passing of what is forwarded from here; to the router itself only what begins something counts
 */
function spoofed(devices: Devices, link: Link, own: Spans, family: Family, passing: Partial<Region> = {}): readonly Forbidden[] {
  const packets = { enters: devices.named(linkName(link)), source: others(own, family) };
  const what = `what comes by ${linkName(link)} with an address of others`;
  const hint = () => `drop what comes in by ${linkName(link)} from any source but ${namesOf(own)}`;
  const { service, state } = BEGINNINGS[family];
  return [
    { hook: 'forward', what, hint, packets: { ...packets, ...passing } },
    { hook: 'input', what, hint, packets: { ...packets, service: subtract(service, NEIGHBOUR_TALK[family]), state } },
  ];
}

/** What an office sends with an address that it does not have. Errors of ICMP, and how neighbours find each other, are of its link. */
function leaving(devices: Devices, links: readonly Link[], hook: Filtered, own: Spans, family: Family): Forbidden {
  return {
    hook,
    what: 'what leaves with an address of others',
    hint: () => `drop what leaves by its links from any source but ${namesOf(own)}`,
    packets: {
      leaves: union(...links.map(link => devices.named(linkName(link)))),
      source: others(own, family),
      service: subtract(ANY_SERVICE, union(ICMP_ERRORS[family], hook === 'output' ? NEIGHBOUR_TALK[family] : NONE)),
      state: BEGINNING,
    },
  };
}

/** Nothing begins from the Internet. */
const fromOutside = (devices: Devices, line: Link): readonly Forbidden[] =>
  (['input', 'forward'] as const).map(hook => ({
    hook,
    what: 'what begins from its Internet line',
    hint: () => `drop what comes in by ${linkName(line)} before every rule that accepts, but for answers`,
    packets: { enters: devices.named(linkName(line)), state: BEGINNING },
  }));

const BEGINNING = state('new', 'invalid', 'untracked');
/** What begins something, but for errors of ICMP: any router on the path may report one. */
const BEGINNINGS = {
  v4: { service: subtract(ANY_SERVICE, ICMP_ERRORS.v4), state: BEGINNING },
  v6: { service: subtract(ANY_SERVICE, ICMP_ERRORS.v6), state: BEGINNING },
} as const satisfies Record<Family, Partial<Region>>;
