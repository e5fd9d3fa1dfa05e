/** What can fail, and what is down when it does. */

import { grouped } from '../grouped.js';
import { type ElementNumber, type LinkNumber, SITE_HOST_ROLES, type SiteHostRole } from '../identity.js';
import {
  type City,
  ENDPOINT_KINDS,
  LINK_KINDS,
  type Link,
  linkName,
  type Node,
  nodeName,
  pathOf,
  RISK_GROUP_KINDS,
  type Site,
  siteHostName,
} from '../model.js';

/** Something that fails as one: a node, a link, or a shared-risk group with all that is in it. */
export interface FailingElement {
  readonly kind: 'node' | 'link' | 'group' | 'host';
  /** Its short permanent name: `s1`, `n67`, `l12`, `building-n67`, `s1-edge1`. */
  readonly name: string;
  /** Its path in the inventory: `links.12`. */
  readonly path: string;
  /** Its name for people: `Building of n67`. */
  readonly title: string;
  readonly class: ElementClass;
  /** What is down while it has failed. */
  readonly down: Failure;
}

/** What operators sort elements by: an office's class, another node's kind, a link's, a group's; a site's host is a class of its own. */
export const ELEMENT_CLASSES = ['site', 'aggregation', 'external', ...ENDPOINT_KINDS, ...LINK_KINDS, ...RISK_GROUP_KINDS, 'host'] as const;
export type ElementClass = (typeof ELEMENT_CLASSES)[number];

/** What is down. */
export interface Failure {
  readonly nodes: ReadonlySet<ElementNumber>;
  readonly links: ReadonlySet<LinkNumber>;
  /** Hosts of sites that are up, by name. */
  readonly hosts?: ReadonlySet<string>;
  /** Sites that have come back and are still on probation: up, and their services are announced as held. */
  readonly held?: ReadonlySet<ElementNumber>;
}

export const NOTHING_FAILED: Failure = { nodes: new Set(), links: new Set() };

/** Every element of a city: nodes, links, groups, then the hosts of sites, each in the order of the city. */
export function elementsOf(city: City): readonly FailingElement[] {
  const nodes = [...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints];
  const names = new Map(nodes.map(node => [node.number, nodeName(node)]));
  const nodesIn = grouped(nodes, ({ riskGroups }) => riskGroups);
  const linksIn = grouped(city.links, ({ riskGroups }) => riskGroups);
  return [
    ...nodes.map(node => ({
      kind: 'node' as const,
      name: nodeName(node),
      path: pathOf(node),
      title: node.name.en,
      class: node.kind === 'endpoint' ? node.class : node.kind,
      down: failed([node], []),
    })),
    ...city.links.map(link => ({
      kind: 'link' as const,
      name: linkName(link),
      path: `links.${link.number}`,
      title: `${link.ends.map(end => names.get(end)).join('–')}, ${link.carrier}`,
      class: link.kind,
      down: failed([], [link]),
    })),
    ...city.riskGroups.map(group => ({
      kind: 'group' as const,
      name: group.key,
      path: `${group.kind === 'carrier' ? 'carriers' : 'riskGroups'}.${group.key}`,
      title: group.name,
      class: group.kind,
      down: failed(nodesIn.get(group.key) ?? [], linksIn.get(group.key) ?? []),
    })),
    ...city.sites.flatMap(hostElements),
  ];
}

/** All lines of a site end at its router: without it the site is as good as down. */
const hostElements = (site: Site): readonly FailingElement[] =>
  SITE_HOST_ROLES.flatMap(role =>
    site.hosts[role].map(slot => {
      const name = siteHostName(site, role, slot);
      const down = role === 'router' ? failed([site], []) : { ...NOTHING_FAILED, hosts: new Set([name]) };
      return { kind: 'host' as const, name, path: `hosts.${name}`, title: `${role} at ${site.name.en}`, class: 'host' as const, down };
    }),
  );

/** How many hosts of a role are there and up in a site; the site itself may be down. */
export const hostsUp = (site: Site, role: SiteHostRole, { hosts }: Pick<Failure, 'hosts'>): number =>
  hosts === undefined || hosts.size === 0
    ? site.hosts[role].length
    : site.hosts[role].filter(slot => !hosts.has(siteHostName(site, role, slot))).length;

/** Whether a program answers for systems in a site: its edge, and behind it an application host. */
export const answers = (site: Site, failure: Pick<Failure, 'hosts'>): boolean =>
  hostsUp(site, 'edge', failure) > 0 && hostsUp(site, 'application', failure) > 0;

/** What is down when several elements fail together. */
export const failureOf = (elements: readonly Pick<FailingElement, 'down'>[]): Failure => ({
  nodes: new Set(elements.flatMap(({ down }) => [...down.nodes])),
  links: new Set(elements.flatMap(({ down }) => [...down.links])),
  hosts: new Set(elements.flatMap(({ down }) => [...(down.hosts ?? [])])),
});

const failed = (nodes: readonly Node[], links: readonly Link[]): Failure => ({
  nodes: new Set(nodes.map(({ number }) => number)),
  links: new Set(links.map(({ number }) => number)),
});
