import { type City, type ElementNumber, farEnd, type Link, siteOf } from '../../infra/city/model.js';

/** The links whose far end a site probes: those that end there; one between two sites that watch is the first's. */
export const watchedLinks = ({ links, sites }: City, site: ElementNumber): readonly Link[] =>
  links.filter(({ ends }) => ends.find(end => sites.some(({ number, hosts }) => number === end && hosts.monitor.length > 0)) === site);

/** The offices that a node stands before: those behind it for an aggregation node, none for the witness, else all. */
export function officesBehind(city: City, node: ElementNumber): number {
  if (siteOf(city, 'witness')?.number === node) return 0;
  const behind = city.endpoints.filter(({ aggregation }) => aggregation === node).length;
  return city.aggregations.some(({ number }) => number === node) ? behind : city.endpoints.length;
}

/** The offices that a link leads to from a site; a line between sites or to externals stands before all. */
export const officesOver = (city: City, link: Link, site: ElementNumber): number => officesBehind(city, farEnd(link, site));
