/**
 * Which routes each peer announces to which, and how a site announces its services: written once, rendered for the routers and predicted from.
 *
 * No node but a data-centre site passes on what it learnt from another: what leaves an aggregation node, the witness or an
 * external is their own, and a site takes from them only paths of one autonomous system.
 */

import type { SiteRole } from '../identity.js';
import type { Link, Node, Site } from '../model.js';

/** What a route may lead to: spans of the address plan, and the externals' prefixes. */
const ROUTE_CLASSES = ['endpoints', 'services', 'lans', 'loopbacks', 'externals'] as const;
export type RouteClass = (typeof ROUTE_CLASSES)[number];

/** How a neighbour is treated: another data centre, the witness, an office's aggregation node, an external by its role, or (seen from those) a site. */
const POLICIES = ['centre', 'witness', 'aggregation', 'national', 'internet', 'site'] as const;
export type Policy = (typeof POLICIES)[number];

/** What each kind of neighbour may send and is sent. */
export interface Exchange {
  /** `own`: exactly the prefixes that the model gives the neighbour, by paths of one autonomous system. */
  readonly accepts: readonly RouteClass[] | 'own';
  /** `own`: only what the sender itself originates, whatever it is. */
  readonly sends: readonly RouteClass[] | 'own';
}

export const EXCHANGES: Readonly<Record<Policy, Exchange>> = {
  centre: { accepts: ROUTE_CLASSES, sends: ROUTE_CLASSES },
  witness: { accepts: 'own', sends: ['lans', 'loopbacks'] },
  aggregation: { accepts: 'own', sends: ['services', 'lans', 'loopbacks', 'externals'] },
  // Offices see for themselves whether the national network is reached: it must know the way back to them. The Internet need not.
  national: { accepts: 'own', sends: ['endpoints', 'services', 'lans', 'loopbacks'] },
  internet: { accepts: 'own', sends: ['services', 'lans', 'loopbacks'] },
  site: { accepts: ROUTE_CLASSES, sends: 'own' },
};

/** How `node` treats its neighbour `far`. */
export function policyFor(node: Node, far: Node): Policy {
  if (!isDataCentre(node)) return 'site';
  if (far.kind === 'aggregation') return 'aggregation';
  if (far.kind === 'external') return far.role;
  return isDataCentre(far) ? 'centre' : 'witness';
}

/** How a site announces a service: as usual, or after a return, while it is on probation. */
export const ANNOUNCEMENTS = ['preferred', 'held'] as const;
export type Announcement = (typeof ANNOUNCEMENTS)[number];

/**
 * How many times a site's own ASN is prepended to a service.
 * Held is behind the other site's normal announcement, and still a path.
 */
export const PREPENDS: Readonly<Record<SiteRole, Readonly<Record<Announcement, number>>>> = {
  primary: { preferred: 0, held: 6 },
  backup: { preferred: 3, held: 6 },
  witness: { preferred: 0, held: 0 },
};

/** Serves, and passes packets of others on: what no other node may. */
export const isDataCentre = (node: Node): node is Site => node.kind === 'site' && node.role !== 'witness';

/** Whether routers speak over a link; an office's own lines have fixed routes. */
export const carriesRoutes = ({ kind }: Pick<Link, 'kind'>): boolean => kind === 'core' || kind === 'uplink';
