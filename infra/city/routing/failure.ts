/** What can fail, and what is down when it does. */

import { grouped } from '../grouped.js';
import type { ElementNumber, LinkNumber } from '../identity.js';
import { type City, ENDPOINT_KINDS, LINK_KINDS, type Link, linkName, type Node, nodeName, pathOf, RISK_GROUP_KINDS } from '../model.js';

/** Something that fails as one: a node, a link, or a shared-risk group with all that is in it. */
export interface FailingElement {
  readonly kind: 'node' | 'link' | 'group';
  /** Its short permanent name: `s1`, `n67`, `l12`, `building-n67`. */
  readonly name: string;
  /** Its path in the inventory: `links.12`. */
  readonly path: string;
  /** Its name for people: `Building of n67`. */
  readonly title: string;
  readonly class: ElementClass;
  /** What is down while it has failed. */
  readonly down: Failure;
}

/** What operators sort elements by: an office's class, another node's kind, a link's, a group's. */
export const ELEMENT_CLASSES = ['site', 'aggregation', 'external', ...ENDPOINT_KINDS, ...LINK_KINDS, ...RISK_GROUP_KINDS] as const;
export type ElementClass = (typeof ELEMENT_CLASSES)[number];

/** What is down. */
export interface Failure {
  readonly nodes: ReadonlySet<ElementNumber>;
  readonly links: ReadonlySet<LinkNumber>;
  /** Sites that have come back and are still on probation: up, and their services are announced as held. */
  readonly held?: ReadonlySet<ElementNumber>;
}

export const NOTHING_FAILED: Failure = { nodes: new Set(), links: new Set() };

/** Every element of a city: nodes, links, then groups, each in the order of the city. */
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
  ];
}

/** What is down when several elements fail together. */
export const failureOf = (elements: readonly Pick<FailingElement, 'down'>[]): Failure => ({
  nodes: new Set(elements.flatMap(({ down }) => [...down.nodes])),
  links: new Set(elements.flatMap(({ down }) => [...down.links])),
});

const failed = (nodes: readonly Node[], links: readonly Link[]): Failure => ({
  nodes: new Set(nodes.map(({ number }) => number)),
  links: new Set(links.map(({ number }) => number)),
});
