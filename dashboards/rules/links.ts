import { grouped } from '../../infra/city/grouped.js';
import type { ElementNumber } from '../../infra/city/identity.js';
import { type City, type Link, siteOf } from '../../infra/city/model.js';

/** The links whose far end a site probes: those that end there; one between two sites that watch is the first's. */
export const watchedLinks = ({ links, sites }: City, site: ElementNumber): readonly Link[] =>
  links.filter(({ ends }) => ends.find(end => sites.some(({ number, hosts }) => number === end && hosts.monitor.length > 0)) === site);

/** The offices that a node stands before: those behind it for an aggregation node, none for the witness, else all. */
export function officesBehind(city: City): (node: ElementNumber) => number {
  const witness = siteOf(city, 'witness')?.number;
  const behind = grouped(city.endpoints, ({ aggregation }) => [aggregation]);
  const aggregations = new Set(city.aggregations.map(({ number }) => number));
  return node => {
    if (node === witness) return 0;
    return aggregations.has(node) ? (behind.get(node)?.length ?? 0) : city.endpoints.length;
  };
}
