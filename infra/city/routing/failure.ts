/** What can fail, and what is down when it does. */

import { type City, type ElementNumber, type LinkNumber, linkName, nodeName } from '../model.js';

/** Something that fails as one: a node, a link, or a shared-risk group with all that is in it. */
export type FailingElement =
  | { readonly kind: 'node'; readonly number: ElementNumber }
  | { readonly kind: 'link'; readonly number: LinkNumber }
  | { readonly kind: 'group'; readonly key: string };

/** What is down. */
export interface Failure {
  readonly nodes: ReadonlySet<ElementNumber>;
  readonly links: ReadonlySet<LinkNumber>;
}

export const NOTHING_FAILED: Failure = { nodes: new Set(), links: new Set() };

/** Every element of a city: nodes, links, then groups, each in the order of the city. */
export const elementsOf = (city: City): readonly FailingElement[] => [
  ...[...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints].map(({ number }) => ({ kind: 'node' as const, number })),
  ...city.links.map(({ number }) => ({ kind: 'link' as const, number })),
  ...city.riskGroups.map(({ key }) => ({ kind: 'group' as const, key })),
];

/** The short permanent name of an element: `s1`, `n67`, `l12`, `building-n67`. */
export function elementName(city: City, element: FailingElement): string {
  if (element.kind === 'group') return element.key;
  if (element.kind === 'link') return linkName(element);
  const node = [...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints].find(({ number }) => number === element.number);
  if (node === undefined) throw new Error(`there is no element ${element.number}`);
  return nodeName(node);
}

/** What is down when several elements fail together. */
export function failureOf(city: City, elements: readonly FailingElement[]): Failure {
  const groups = new Set(elements.flatMap(element => (element.kind === 'group' ? [element.key] : [])));
  const hit = ({ riskGroups }: { readonly riskGroups: readonly string[] }) => riskGroups.some(group => groups.has(group));
  const nodes = elements.flatMap(element => (element.kind === 'node' ? [element.number] : []));
  const links = elements.flatMap(element => (element.kind === 'link' ? [element.number] : []));
  if (groups.size === 0) return { nodes: new Set(nodes), links: new Set(links) };
  const all = [...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints];
  return {
    nodes: new Set([...nodes, ...all.filter(hit).map(({ number }) => number)]),
    links: new Set([...links, ...city.links.filter(hit).map(({ number }) => number)]),
  };
}
