/** Who may write to the city's database while something is down: a lease that lives in etcd, so a question of who hears a majority. */

import type { ElementNumber } from '../identity.js';
import type { City, Site } from '../model.js';
import { type Failure, hostsUp } from './failure.js';

/**
 * Who writes. That two might at once is not a case: each would hear more than half of the same members, so both would hear one that
 * they have in common, and it votes once.
 */
export type Writer =
  | { readonly kind: 'one'; readonly site: ElementNumber }
  /** No site with a database host that is up hears more than half of the etcd members. */
  | { readonly kind: 'none'; readonly sites: readonly SiteStanding[] };

/** How a site with database hosts stands while no site may write. */
export interface SiteStanding {
  readonly site: ElementNumber;
  readonly up: boolean;
  /** Its database hosts that are up. */
  readonly databases: number;
  /** Votes that it hears, its own among them, of how many there are. */
  readonly votes: number;
  readonly of: number;
}

/** Whether packets find from one site's LAN to another's. */
export type Hears = (from: ElementNumber, to: ElementNumber) => boolean;

/** The primary keeps the lease while it may; else the first site that may. */
export function writerOf(city: City, failure: Failure, hears: Hears): Writer {
  const withDatabase = city.sites.filter(({ hosts }) => hosts.database.length > 0);
  const may = withDatabase.filter(site => hostsUp(site, 'database', failure) > 0 && hasQuorum(city, failure, hears, site.number));
  const [first] = may;
  if (first === undefined) return { kind: 'none', sites: withDatabase.map(site => standing(city, failure, hears, site)) };
  return { kind: 'one', site: (may.find(({ role }) => role === 'primary') ?? first).number };
}

/** Whether a site is up and hears more than half of all etcd members. */
export const hasQuorum = (city: City, failure: Failure, hears: Hears, site: ElementNumber): boolean =>
  !failure.nodes.has(site) && 2 * votes(voters(city, failure, hears, site), failure) > votes(city.sites);

/** Sites whose members a site hears and is heard by. */
const voters = ({ sites }: City, { nodes }: Failure, hears: Hears, site: ElementNumber): readonly Site[] =>
  sites.filter(({ number }) => number === site || (!nodes.has(number) && hears(site, number) && hears(number, site)));

/** Of all members, or of those that are up. */
const votes = (sites: readonly Site[], failure: Pick<Failure, 'hosts'> = {}): number =>
  sites.reduce((count, site) => count + hostsUp(site, 'etcd', failure), 0);

function standing(city: City, failure: Failure, hears: Hears, site: Site): SiteStanding {
  const { number } = site;
  const up = !failure.nodes.has(number);
  return {
    site: number,
    up,
    databases: hostsUp(site, 'database', failure),
    votes: up ? votes(voters(city, failure, hears, number), failure) : 0,
    of: votes(city.sites),
  };
}
