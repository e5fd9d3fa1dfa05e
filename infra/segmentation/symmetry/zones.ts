/** The allowed-flows matrix as sets of packets, by a membership test of its own: what the filters are made from is not asked. */

import type { Family } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../city/identity.js';
import { type Flow, linkName, type Zone } from '../../city/model.js';
import type { Topology } from '../../site/topology.js';
import type { Devices } from '../nftables/devices.js';
import { addressSpan } from '../sets/address.js';
import { ANY_PORT, ANY_STATE, allOf, ECHO, services } from '../sets/packets.js';
import type { Region } from '../sets/region.js';
import { NONE, type Spans, spansOf, subtract, union } from '../sets/spans.js';

/** Every zone that a city has, each system by its name. */
export const zonesOf = ({ city }: Topology): readonly Zone[] => [
  ...ENDPOINT_SEGMENTS,
  ...SITE_SEGMENTS.map(segment => `site.${segment}` as const),
  ...city.systems.map(({ key }) => `system.${key}` as const),
  'systems',
  ...[...new Set(city.externals.map(({ role }) => role))].map(role => `external.${role}` as const),
  'routers',
  'links',
];

/** The addresses of every zone in one family; an office segment has those of every office that the plan has room for. */
export function zoneAddresses({ city, plan }: Topology, family: Family): ReadonlyMap<Zone, Spans> {
  const of = (prefixes: readonly { readonly v4: string; readonly v6: string }[]) => spansFrom(prefixes.map(prefix => prefix[family]));
  return new Map<Zone, Spans>([
    ...ENDPOINT_SEGMENTS.map(segment => [segment, of([plan.segmentSpan(segment)])] as const),
    ...SITE_SEGMENTS.map(segment => [`site.${segment}`, of(city.sites.map(({ number }) => plan.lanSegment(number, segment)))] as const),
    ...city.systems.map(({ key, number }) => [`system.${key}`, of([plan.service(number)])] as const),
    ['systems', of([plan.servicesSpan()])],
    ...city.externals.map(({ role }) => [`external.${role}`, family === 'v4' ? externals(city.externals, role) : NONE] as const),
    ['routers', of([plan.loopbacksSpan()])],
    ['links', of([plan.linksSpan()])],
  ]);
}

const externals = (all: Topology['city']['externals'], role: string): Spans =>
  spansFrom(all.filter(external => external.role === role).flatMap(({ prefixes }) => prefixes));

/** Addresses or prefixes of our own plan as a set. */
export const spansFrom = (texts: readonly string[]): Spans =>
  spansOf(
    texts.flatMap(text => {
      const found = addressSpan(text);
      if (found === undefined) throw new RangeError(`'${text}' is no address`);
      return found.spans;
    }),
  );

/** The service of a flow: its destination ports, or the ICMP request. */
export const servicesOf = ({ protocol, ports }: Pick<Flow, 'protocol' | 'ports'>, family: Family): Spans =>
  protocol === 'icmp'
    ? ECHO.request[family]
    : services(
        protocol,
        ports.map(port => [port, port]),
      );

/** Every packet that the matrix allows to begin something, one region a flow. */
export function matrixOf(topology: Topology, devices: Devices, family: Family): readonly Region[] {
  const zones = zoneAddresses(topology, family);
  const lines = internetLines(topology, devices);
  return topology.city.flows.map(flow => ({
    service: servicesOf(flow, family),
    source: addressesOf(zones, flow.from),
    destination: addressesOf(zones, flow.to),
    enters: subtract(devices.all, lines),
    leaves: flow.over === 'internet-line' ? lines : subtract(devices.all, lines),
    sourcePort: ANY_PORT,
    state: ANY_STATE,
  }));
}

/** Every packet that may be an answer to what the matrix allows, as far as a stateless filter can know. */
export const answersOf = (topology: Topology, devices: Devices, family: Family): readonly Region[] =>
  matrixOf(topology, devices, family).map((asked, index) => {
    const flow = topology.city.flows[index];
    const answer = flow === undefined ? undefined : answerTo(flow, family);
    return { ...asked, ...answer, source: asked.destination, destination: asked.source, enters: asked.leaves, leaves: asked.enters };
  });

/** What answers a flow: any port of who asked, from the port that was asked. */
export const answerTo = ({ protocol, ports }: Pick<Flow, 'protocol' | 'ports'>, family: Family): Pick<Region, 'service' | 'sourcePort'> =>
  protocol === 'icmp'
    ? { service: ECHO.reply[family], sourcePort: ANY_PORT }
    : { service: allOf(protocol), sourcePort: spansOf(ports.map(port => [port, port + 1])) };

const addressesOf = (zones: ReadonlyMap<Zone, Spans>, names: readonly Zone[]): Spans =>
  union(...names.map(name => zones.get(name) ?? NONE));

/** Offices' own lines to the Internet. */
const internetLines = ({ city }: Topology, devices: Devices): Spans =>
  union(...city.links.filter(({ kind }) => kind === 'internet').map(link => devices.named(linkName(link))));
