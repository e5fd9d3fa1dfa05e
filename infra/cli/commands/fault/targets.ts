/** The links and hosts of a running city that a fault's target names. */

import type { LinkNumber } from '../../../city/identity.js';
import { wordHint } from '../../../city/load/hint.js';
import { type City, linkName, nodeName } from '../../../city/model.js';
import type { RunningCity } from '../../../fabric/realisation.js';
import { usage } from '../../failure.js';
import { findHost } from '../exec.js';

/** One link by its name, or all links of a node. */
export const linksNamed = (city: City, target: string): readonly LinkNumber[] => {
  const nodes = [...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints];
  const node = nodes.find(candidate => nodeName(candidate) === target);
  return city.links
    .filter(link => linkName(link) === target || (node !== undefined && link.ends.includes(node.number)))
    .map(({ number }) => number);
};

/** The links that a target names, also by an office's code or name. @throws {InputError} when it names none */
export function linksFor({ city, topology }: RunningCity, target: string): readonly LinkNumber[] {
  const named = linksNamed(city, target);
  if (named.length > 0) return named;
  if (/^l\d+$/.test(target)) throw usage(target, 'there is no such link', wordHint(target, city.links.map(linkName)));
  const host = findHost(topology, target);
  const links = linksNamed(city, host);
  if (links.length === 0)
    throw usage(target, `${host} is a machine inside a site`, 'cut a link or the whole site (s1), or power the machine off');
  return links;
}

/** The hosts that a target names: one, or all of a site. @throws {InputError} when it names none */
export function hostsFor({ topology }: RunningCity, target: string): readonly string[] {
  const atSite = topology.machines.filter(({ name, slot }) => slot !== undefined && name.startsWith(`${target}-`)).map(({ name }) => name);
  return atSite.length > 0 ? atSite : [findHost(topology, target)];
}
