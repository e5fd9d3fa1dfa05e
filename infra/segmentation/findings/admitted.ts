/** Whether a filter lets through anything that the matrix does not allow: exact over all packets, so it holds whatever fails. */

import { FAMILIES, type Family } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../city/identity.js';
import { type Flow, linkName, type Zone } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import { carriesRoutes } from '../../city/routing/policy.js';
import { bridgeOf, type Topology } from '../../site/topology.js';
import type { Devices } from '../nftables/devices.js';
import { everything, type Judge } from '../nftables/evaluate.js';
import { type Filters, type HostFilter, pathOfHost } from '../nftables/filters.js';
import type { FilterRule, Hook } from '../nftables/ruleset.js';
import { addressName } from '../sets/address.js';
import { ICMP_ERRORS, NEIGHBOUR_TALK, serviceName, services, state, stateName } from '../sets/packets.js';
import { common, firstPacket, type Packet, type Region, remaining } from '../sets/region.js';
import { NONE, type Spans, union } from '../sets/spans.js';
import { answersOf, matrixOf, zoneAddresses } from '../symmetry/zones.js';

/** Hooks at which a host filters. */
export const FILTERED = ['input', 'forward', 'output'] as const satisfies readonly Hook[];
export type Filtered = (typeof FILTERED)[number];

/** Every packet that there may be at a hook of a host: it comes by a device of the host, and goes by one. */
export const packetsAt = (hook: Filtered, family: Family, devices: Devices, own: Spans): Region => ({
  ...everything(family, devices),
  enters: hook === 'output' ? devices.none : own,
  leaves: hook === 'input' ? devices.none : own,
});

/** One problem for every accepting rule that goes beyond the matrix, with an example. */
export function admittedBeyond(topology: Topology, filters: Filters): readonly Problem[] {
  return FAMILIES.flatMap(family => {
    const admitted = admission(topology, filters.devices, family);
    const known = new Map<Admitted, Map<FilterRule, readonly Region[]>>();
    return [...filters.hosts.values()].flatMap(host =>
      FILTERED.flatMap(hook => beyondAt(topology, filters, { host, hook, family, admitted: admitted(host, hook), known })),
    );
  });
}

interface NodeZones {
  readonly host: HostFilter;
  readonly hook: Filtered;
  readonly family: Family;
  readonly admitted: Admitted;
  /** What is left of a rule's packets when the admitted ones are taken away, by what is admitted and the rule's text. */
  readonly known: Map<Admitted, Map<FilterRule, readonly Region[]>>;
}

function beyondAt(topology: Topology, { devices }: Filters, { host, hook, family, admitted, known }: NodeZones): readonly Problem[] {
  const judges = host.at(family, hook)?.judges ?? [];
  const all = packetsAt(hook, family, devices, host.devices);
  const judged = known.get(admitted) ?? new Map<FilterRule, readonly Region[]>();
  known.set(admitted, judged);
  return judges.flatMap(({ rule, region }, index) => {
    if (rule.verdict !== 'accept') return [];
    const beyond = judged.get(rule) ?? remaining([region], admitted);
    judged.set(rule, beyond);
    const here = beyond.map(each => common(each, all)).filter(isThere);
    const [left] = remaining(here, earlier(judges, index));
    return left === undefined ? [] : [problem(topology, host, { hook, family, rule: rule.text, example: firstPacket(left) }, devices)];
  });
}

const isThere = (region: Region | undefined): region is Region => region !== undefined;
const earlier = (judges: readonly Judge[], index: number): readonly Region[] => judges.slice(0, index).map(({ region }) => region);

type Admitted = readonly Region[];

/** What may pass at a hook: the matrix, answers, and what the network itself lives on. */
function admission(topology: Topology, devices: Devices, family: Family): (host: HostFilter, hook: Filtered) => Admitted {
  const all = everything(family, devices);
  const neighbours = union(...topology.city.links.filter(carriesRoutes).map(link => devices.named(linkName(link))));
  const matrix = matrixOf(topology, devices, family);
  const answers = answersOf(topology, devices, family);
  const always: readonly Region[] = [
    { ...all, enters: devices.named('lo') },
    { ...all, leaves: devices.named('lo') },
    // Connection tracking knows them for answers; on an office's own line it is all there is.
    { ...all, state: state('established', 'related') },
    { ...all, service: ICMP_ERRORS[family] },
    { ...all, service: NEIGHBOUR_TALK[family], enters: devices.none },
    { ...all, service: NEIGHBOUR_TALK[family], leaves: devices.none },
  ];
  const ends = zoneAddresses(topology, family).get('links') ?? NONE;
  const routing: Region = {
    ...all,
    enters: neighbours,
    leaves: devices.none,
    source: ends,
    destination: ends,
    service: union(services('tcp', [[BGP, BGP]]), services('udp', BFD)),
  };
  const switched = SITE_SEGMENTS.map(bridgeOf).map(bridge => ({ ...all, enters: devices.named(bridge), leaves: devices.named(bridge) }));
  const sets = {
    office: [...always, ...matrix],
    router: [...always, ...matrix, routing],
    site: [...always, ...matrix, ...switched, ...answers.filter((_, index) => passesThrough(topology.city.flows[index]))],
    stateless: [...always, ...matrix, ...answers],
  } as const satisfies Record<string, Admitted>;
  return ({ machine: { node } }, hook) => {
    if (node.kind === 'endpoint') return sets.office;
    if (hook === 'input') return sets.router;
    return node.kind === 'site' ? sets.site : sets.stateless;
  };
}

/** Between an office and what is not ours a site is one of two ways, and the answer may come by the other: there it keeps no state. */
const passesThrough = (flow: Flow | undefined): boolean =>
  flow?.over === 'data-network' && flow.from.some(isOffice) && flow.to.some(zone => zone.startsWith('external.'));
const isOffice = (zone: Zone): boolean => ENDPOINT_SEGMENTS.some(segment => segment === zone);

/** @see RFC 4271 section 8, RFC 5881 section 4 */
const BGP = 179;
const BFD = [[3784, 3785]] as const;

interface Beyond {
  readonly hook: Filtered;
  readonly family: Family;
  readonly rule: string;
  readonly example: Packet;
}

const problem = (topology: Topology, { machine }: HostFilter, { hook, family, rule, example }: Beyond, devices: Devices): Problem => ({
  rule: 'segmentation',
  path: pathOfHost(topology, machine.name),
  message: `${machine.name} lets ${packetName(family, example, devices)} through, which no flow allows; chain ${hook}, rule '${rule}'`,
  hint: 'make the rule as narrow as the flow it is for, or add the flow to the matrix',
});

/** A packet for people. */
export function packetName(family: Family, packet: Packet, devices: Devices): string {
  const enters = devices.nameAt(Number(packet.enters));
  const leaves = devices.nameAt(Number(packet.leaves));
  const way = [enters === '' ? '' : `in by ${enters}`, leaves === '' ? '' : `out by ${leaves}`].filter(part => part !== '').join(', ');
  const fromTo = `from ${addressName(packet.source)} to ${addressName(packet.destination)}`;
  return `${serviceName(family, Number(packet.service))} ${fromTo} (${way}, state ${stateName(Number(packet.state))})`;
}
