/** City -> hosts as bare machines with network devices, and the wires between them. Names, addresses and MACs; nothing runs yet. */

import { type Address, type AddressPlan, addressPlan, type LanRole, macOf, ROLE_PLACE } from '../city/addresses.js';
import { grouped } from '../city/grouped.js';
import { type ElementNumber, SITE_HOST_ROLES, SITE_SEGMENTS, type SiteHostRole, type SiteSegment } from '../city/identity.js';
import { type City, type Endpoint, type Link, linkName, type Node, nodeName, nodesOf, type Site, siteHostName } from '../city/model.js';
import { once } from '../city/once.js';
import type { Role, Wire } from './host.js';

/** A host before anything is installed on it. */
export interface Machine {
  readonly name: string;
  readonly node: Node;
  readonly role: Role;
  readonly slot: number | undefined;
  readonly segment: SiteSegment | undefined;
  /** The address by which other hosts reach it. */
  readonly address: Address;
}

/** Every host and wire of a city, with the plan that addresses them. */
export interface Topology {
  readonly city: City;
  readonly plan: AddressPlan;
  readonly nodes: ReadonlyMap<ElementNumber, Node>;
  readonly machines: readonly Machine[];
  readonly wires: readonly Wire[];
  /** In order of their numbers, by the node that they end at. */
  readonly linksAt: ReadonlyMap<ElementNumber, readonly Link[]>;
  /** How wires are laid where there are none of their own: through tunnels. Filters must let those through. */
  readonly tunnels: Tunnels | undefined;
}

/** The device that every host's tunnels leave by, and their UDP port. */
export interface Tunnels {
  readonly device: string;
  readonly port: number;
}

/** The name of the network device of a site's host towards its LAN. */
export const LAN_DEVICE = 'lan';
/** A site router's switch for one segment. */
export const bridgeOf = (segment: SiteSegment): string => `br-${BRIDGE_SHORT[segment]}`;
const BRIDGE_SHORT = { edge: 'edge', application: 'app', data: 'data', operations: 'ops' } as const satisfies Record<SiteSegment, string>;

const LAN_MTU_BYTES = 1500;

/** The permanent name of a site's host: `s1-database2`. */

/** The machine that forwards a node's packets and ends its links: the site's router, else the node itself. */
export const gatewayName = (node: Node): string =>
  node.kind === 'site' ? siteHostName(node, 'router', node.hosts.router[0] ?? 1) : nodeName(node);

/** All machines and wires of a city: sites first, then aggregation nodes, externals and offices, each by number. */
export function topologyOf(given: City, tunnels?: Tunnels): Topology {
  const city = inOrder(given);
  const plan = addressPlan(city.plan);
  const nodes = nodesOf(city);
  const machines = [
    ...city.sites.flatMap(site => siteMachines(plan, site)),
    ...[...city.aggregations, ...city.externals, ...city.endpoints].map(node => soleMachine(plan, node)),
  ];
  const patches = machines.filter(isOnLan).map(patchWire);
  return {
    city,
    plan,
    nodes,
    machines,
    wires: [...patches, ...city.links.map(link => linkWire(nodes, link))],
    linksAt: grouped(city.links, ({ ends }) => ends),
    tunnels,
  };
}

/** A loaded city is in order already; one made otherwise gives the same bytes, too. The order of flows is the operator's. */
const inOrder = (city: City): City => ({
  ...city,
  sites: byNumber(city.sites),
  aggregations: byNumber(city.aggregations),
  externals: byNumber(city.externals),
  endpoints: byNumber(city.endpoints),
  links: byNumber(city.links),
  systems: byNumber(city.systems),
});
const byNumber = <T extends { readonly number: number }>(list: readonly T[]): readonly T[] => list.toSorted((a, b) => a.number - b.number);

/** The machines with a role, optionally at one site only. */
export function machinesOf({ machines }: Topology, role: Role, site?: ElementNumber): readonly Machine[] {
  const all = byRole(machines).get(role) ?? [];
  return site === undefined ? all : all.filter(({ node }) => node.number === site);
}
/** Every office needs the monitors: to look through all machines each time would be quadratic. */
const byRole = once((machines: readonly Machine[]) => grouped(machines, ({ role }) => [role]));

/** A node's address on one of its links, and its neighbour's. */
export function linkAddresses(plan: AddressPlan, link: Link, near: ElementNumber): { readonly own: Address; readonly peer: Address } {
  const [first, second] = plan.link(link.number);
  return link.ends[0] === near ? { own: first, peer: second } : { own: second, peer: first };
}

function siteMachines(plan: AddressPlan, site: Site): readonly Machine[] {
  return SITE_HOST_ROLES.flatMap(role =>
    site.hosts[role].map(slot => ({
      name: siteHostName(site, role, slot),
      node: site,
      role,
      slot,
      ...sitePlace(plan, site, role, slot),
    })),
  );
}

function sitePlace(plan: AddressPlan, site: Site, role: SiteHostRole, slot: number): Pick<Machine, 'segment' | 'address'> {
  if (role === 'router') return { segment: undefined, address: plan.loopback(site.number) };
  return { segment: ROLE_PLACE[role].segment, address: plan.lanHost(site.number, role, slot) };
}

function soleMachine(plan: AddressPlan, node: Exclude<Node, Site>): Machine {
  const base = { name: nodeName(node), node, slot: undefined, segment: undefined };
  switch (node.kind) {
    case 'aggregation':
      return { ...base, role: 'aggregation', address: plan.loopback(node.number) };
    case 'external':
      return { ...base, role: 'external', address: plan.loopback(node.number) };
    case 'endpoint':
      return { ...base, role: 'office', address: plan.gateway(node.number, 'management') };
  }
}

const isOnLan = (machine: Machine): machine is Machine & { role: LanRole; slot: number } => machine.segment !== undefined;

/** The port of a site's switch that a host is plugged into: `database2`. */
export const portName = (machine: Machine): string => `${machine.role}${machine.slot}`;

function patchWire(machine: Machine & { role: LanRole; slot: number }): Wire {
  const router = gatewayName(machine.node);
  const mac = (end: 0 | 1) => lanMac(machine.node.number, machine.role, machine.slot, end);
  return {
    name: `${machine.name}.${LAN_DEVICE}`,
    link: undefined,
    mtuBytes: LAN_MTU_BYTES,
    ends: [
      { host: machine.name, device: LAN_DEVICE, mac: mac(0) },
      { host: router, device: portName(machine), mac: mac(1) },
    ],
  };
}

function linkWire(nodes: ReadonlyMap<ElementNumber, Node>, link: Link): Wire {
  const end = (which: 0 | 1) => {
    const node = nodes.get(link.ends[which]);
    if (node === undefined) throw new Error(`link ${link.number} leads to no node`); // the loader refuses it
    return { host: gatewayName(node), device: linkName(link), mac: macOf(link.number, which) };
  };
  return { name: linkName(link), link: link.number, mtuBytes: link.mtuBytes, ends: [end(0), end(1)] };
}

/** Locally administered, apart from the links' by its second byte. */
function lanMac(site: number, role: LanRole, slot: number, end: 0 | 1): string {
  const segment = SITE_SEGMENTS.indexOf(ROLE_PLACE[role].segment);
  const bytes = [0x02, 0xc2, site, segment * 16 + (ROLE_PLACE[role].offset >> 4), slot, end];
  return bytes.map(byte => byte.toString(16).padStart(2, '0')).join(':');
}

/** The offices behind an aggregation node, by number. */
export const officesOf = (city: City, aggregation: ElementNumber): readonly Endpoint[] =>
  city.endpoints.filter(endpoint => endpoint.aggregation === aggregation);
