/** The lines that a packet is a point on, one of each: what every rule of a filter is a product of spans over. */

import type { Family } from '../../city/addresses.js';
import { type Spans, spansOf } from './spans.js';

export const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

const PORTS = 65_536;
const ICMP_TYPES = 256;
/** TCP ports, UDP ports, ICMP types (those of ICMPv6 in IPv6), and one point for every other protocol. */
const BASE = { tcp: 0, udp: PORTS, icmp: 2 * PORTS } as const satisfies Record<Protocol, number>;
const OTHER = BASE.icmp + ICMP_TYPES;

export const ANY_SERVICE: Spans = [[0, OTHER + 1]];
export const ANY_PORT: Spans = [[0, PORTS]];

/** Everything of one protocol. */
export const allOf = (protocol: Protocol): Spans => [[BASE[protocol], BASE[protocol] + (protocol === 'icmp' ? ICMP_TYPES : PORTS)]];

/** Destination ports, or types of ICMP. */
export const services = (protocol: Protocol, values: readonly (readonly [first: number, last: number])[]): Spans =>
  spansOf(values.map(([first, last]) => [BASE[protocol] + first, BASE[protocol] + last + 1]));

/** Names of ICMP types as nftables has them. @see RFC 792, RFC 4443, RFC 4861 */
export const ICMP_TYPE = {
  v4: { 'echo-reply': 0, 'destination-unreachable': 3, 'echo-request': 8, 'time-exceeded': 11, 'parameter-problem': 12 },
  v6: {
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'mld-listener-query': 130,
    'mld-listener-report': 131,
    'mld-listener-done': 132,
    'mld-listener-reduction': 132,
    'nd-router-solicit': 133,
    'nd-router-advert': 134,
    'nd-neighbor-solicit': 135,
    'nd-neighbor-advert': 136,
    'nd-redirect': 137,
    'mld2-listener-report': 143,
  },
} as const satisfies Record<Family, Record<string, number>>;

/** The ICMP types of errors: they belong to a flow that is allowed, and routers do not always know to which. */
const ERRORS = {
  v4: ['destination-unreachable', 'time-exceeded', 'parameter-problem'],
  v6: ['destination-unreachable', 'packet-too-big', 'time-exceeded', 'parameter-problem'],
} as const;
/** What hosts of one link say to each other to find each other; it never leaves the link. */
const NEIGHBOURS = {
  v4: [],
  v6: [
    'nd-router-solicit',
    'nd-router-advert',
    'nd-neighbor-solicit',
    'nd-neighbor-advert',
    'nd-redirect',
    'mld-listener-query',
    'mld-listener-report',
    'mld-listener-done',
    'mld2-listener-report',
  ],
} as const;

export const icmpTypes = (family: Family, names: readonly string[]): Spans =>
  services(
    'icmp',
    names.map(name => [icmpType(family, name), icmpType(family, name)]),
  );
const icmpType = (family: Family, name: string): number =>
  new Map<string, number>(Object.entries(ICMP_TYPE[family])).get(name) ?? Number.NaN;

export const ICMP_ERRORS = { v4: icmpTypes('v4', ERRORS.v4), v6: icmpTypes('v6', ERRORS.v6) } as const;
export const NEIGHBOUR_TALK = { v4: icmpTypes('v4', NEIGHBOURS.v4), v6: icmpTypes('v6', NEIGHBOURS.v6) } as const;
export const ECHO = {
  request: { v4: icmpTypes('v4', ['echo-request']), v6: icmpTypes('v6', ['echo-request']) },
  reply: { v4: icmpTypes('v4', ['echo-reply']), v6: icmpTypes('v6', ['echo-reply']) },
} as const;

/** States of connection tracking. */
export const STATES = ['new', 'established', 'related', 'invalid', 'untracked'] as const;
export type State = (typeof STATES)[number];
export const state = (...names: readonly State[]): Spans => spansOf(names.map(name => [STATES.indexOf(name), STATES.indexOf(name) + 1]));
export const ANY_STATE: Spans = [[0, STATES.length]];

export const ANY_ADDRESS = { v4: [[0, 2 ** 32]], v6: [[0n, 2n ** 128n]] } as const satisfies Record<Family, Spans>;

/** A point of the services' line for people: `tcp 80`, `icmp echo-request`. */
export function serviceName(family: Family, at: number): string {
  if (at >= OTHER) return 'another protocol';
  if (at < BASE.udp) return `tcp ${at}`;
  if (at < BASE.icmp) return `udp ${at - BASE.udp}`;
  const type = at - BASE.icmp;
  const name = Object.entries(ICMP_TYPE[family]).find(([, number]) => number === type)?.[0];
  return `icmp ${name ?? type}`;
}

export const stateName = (at: number): State => STATES[at] ?? 'untracked';
