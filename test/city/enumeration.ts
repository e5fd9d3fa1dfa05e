import type { ElementNumber } from '../../infra/city/identity.js';
import type { City, Endpoint, Site, System } from '../../infra/city/model.js';
import type { Failure } from '../../infra/city/routing/failure.js';

/**
 * The design's rules about who carries what, tried out one way after the other: nothing is shared with the prediction but the model.
 *
 * A packet goes from its aggregation node to a data centre, and on only between data centres; nothing else passes it on.
 */
export function reachByEnumeration(city: City, failure: Failure, state: System['state']): (office: Endpoint) => boolean {
  const routerless = new Set(city.sites.filter(({ hosts }) => hosts.router.length === 0).map(({ number }) => number));
  const up = (number: ElementNumber) => !failure.nodes.has(number) && !routerless.has(number);
  const hostsAt = ({ number, hosts }: Site, role: 'edge' | 'application' | 'database' | 'etcd') =>
    hosts[role].filter(slot => !(failure.hosts ?? new Set()).has(`s${number}-${role}${slot}`)).length;
  const joined = (a: ElementNumber, b: ElementNumber) =>
    city.links.some(
      ({ number, kind, ends }) => kind !== 'access' && !failure.links.has(number) && up(a) && up(b) && ends.includes(a) && ends.includes(b),
    );
  const centres = city.sites.filter(({ role, number }) => role !== 'witness' && up(number));
  const among = reachableAmong(
    centres.map(({ number }) => number),
    joined,
  );
  /** Over data centres only, the ends may be anything. */
  const hears = (a: ElementNumber, b: ElementNumber) =>
    (a === b && up(a)) ||
    joined(a, b) ||
    centres.some(one => centres.some(other => beside(a, one.number) && beside(b, other.number) && among(one.number, other.number)));
  const beside = (a: ElementNumber, centre: ElementNumber) => a === centre || joined(a, centre);

  const members = city.sites.reduce((sum, { hosts }) => sum + hosts.etcd.length, 0);
  const votes = (sites: readonly Site[]) => sites.reduce((sum, site) => sum + hostsAt(site, 'etcd'), 0);
  const majority = (site: Site) =>
    up(site.number) && 2 * votes(city.sites.filter(other => up(other.number) && hears(site.number, other.number))) > members;
  const mayWrite = city.sites.filter(site => hostsAt(site, 'database') > 0 && majority(site));
  const writer = mayWrite.find(({ role }) => role === 'primary') ?? mayWrite[0];
  const answering = centres.filter(site => hostsAt(site, 'edge') > 0 && hostsAt(site, 'application') > 0);
  const announcing = answering.filter(site => state === 'none' || site.role === 'backup' || majority(site));

  return office => {
    const line = city.links.find(({ kind, ends }) => kind === 'access' && ends.includes(office.number));
    if (line === undefined || failure.links.has(line.number) || !up(office.number) || !up(office.aggregation)) return false;
    const site = nearest(office.aggregation);
    if (site === undefined) return false;
    return state === 'none' || (writer !== undefined && hears(site.number, writer.number));
  };

  /** The announcing site that routing prefers: AS paths are hops plus the backup's three prepends, ties to the lower number. */
  function nearest(aggregation: ElementNumber): Site | undefined {
    const ways = announcing.flatMap(site => {
      const hops = hopsTo(aggregation, site.number);
      return hops === undefined ? [] : [{ site, length: hops + (site.role === 'backup' ? 3 : 0) }];
    });
    return ways.toSorted((a, b) => a.length - b.length)[0]?.site;
  }

  function hopsTo(aggregation: ElementNumber, site: ElementNumber): number | undefined {
    if (joined(aggregation, site)) return 1;
    return centres.some(({ number }) => joined(aggregation, number) && among(number, site)) ? 2 : undefined;
  }
}

function reachableAmong(nodes: readonly ElementNumber[], joined: (a: ElementNumber, b: ElementNumber) => boolean) {
  return (from: ElementNumber, to: ElementNumber): boolean => {
    const seen = new Set([from]);
    for (const node of seen) for (const next of nodes) if (joined(node, next)) seen.add(next);
    return seen.has(to);
  };
}
