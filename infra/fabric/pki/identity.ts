/** Who the hosts of a city are, as their certificates say it. Pure. */

import type { ElementNumber } from '../../city/identity.js';
import type { Machine, Topology } from '../../site/topology.js';
import type { UseName } from './uses.js';

/** A host as its certificates name it. */
export interface IdentifiedHost {
  /** As `s1-database2`: the DNS name. */
  readonly name: string;
  /** The permanent number of its node, and inside a site which host it is: `131`, `1:database2`. */
  readonly number: string;
  /** Whose intermediate issues its certificates: its site's, as `s1`, or `network` between sites. */
  readonly issuer: string;
  /** IPv4, IPv6. */
  readonly addresses: readonly string[];
}

/** What the authorities must know of a city. */
export interface IdentifiedCity {
  readonly city: string;
  /** Everything that has an intermediate of its own, as `s1`, `s2`, `network`. */
  readonly issuers: readonly string[];
  readonly hosts: readonly IdentifiedHost[];
}

/** The issuer of what is in no site: offices, aggregation nodes, externals. */
const NETWORK = 'network';

export const identitiesOf = ({ city, machines }: Topology): IdentifiedCity => ({
  city: city.id,
  issuers: [...city.sites.map(({ number }) => issuerOf(number, 1)), NETWORK],
  hosts: machines.map(identified),
});

const identified = ({ name, node, role, slot, address }: Machine): IdentifiedHost => ({
  name,
  number: numberOf(node.number, role, slot),
  issuer: issuerOf(node.number, slot),
  addresses: [address.v4, address.v6],
});

export const issuerOf = (node: ElementNumber, slot: number | undefined): string => (slot === undefined ? NETWORK : `s${node}`);
export const numberOf = (node: ElementNumber, role: string, slot: number | undefined): string =>
  slot === undefined ? `${node}` : `${node}:${role}${slot}`;

/** A host in a use: what one leaf is of. */
export interface Identity extends IdentifiedHost {
  readonly use: UseName;
}

/** As operators name it: `pgbackrest/s1-database1`. */
export const identityName = ({ use, name }: Pick<Identity, 'use' | 'name'>): string => `${use}/${name}`;

/** The URI of a leaf. The city is that of the founding: an inventory of another year is the same city. */
export const urnOf = (city: string, { number }: Pick<Identity, 'number'>): string => `urn:citydc:${city}:${number}`;
