import { grouped } from '../../../infra/city/grouped.js';
import type { ElementNumber } from '../../../infra/city/identity.js';
import { type City, type Endpoint, type Link, linkName, type Node, nodeName, nodesOf } from '../../../infra/city/model.js';

/** A city as diagrams look at it: which node depends on which. */
export interface DiagramParts {
  readonly city: City;
  readonly nodes: ReadonlyMap<ElementNumber, Node>;
  /** Of every aggregation node, in the order of their numbers. */
  readonly offices: ReadonlyMap<ElementNumber, readonly Endpoint[]>;
  /** Links of every node. */
  readonly links: ReadonlyMap<ElementNumber, readonly Link[]>;
}

export const partsOf = (city: City): DiagramParts => ({
  city,
  nodes: nodesOf(city),
  offices: grouped(city.endpoints, ({ aggregation }) => [aggregation]),
  links: grouped(city.links, ({ ends }) => ends),
});

/** The short permanent name of a node by its number. */
const nameIn = ({ nodes }: DiagramParts, number: ElementNumber): string => nodeName(nodes.get(number) ?? { kind: 'endpoint', number });

/** The ends of a link by name, the upper layer first: only core links are written that way in an inventory. */
export function fromAbove(parts: DiagramParts, { kind, ends }: Link): readonly [string, string] {
  const [first, second] = [nameIn(parts, ends[0]), nameIn(parts, ends[1])];
  return kind === 'core' ? [first, second] : [second, first];
}

/** The links of one kind at a node, as names. */
export const linkNames = ({ links }: DiagramParts, number: ElementNumber, kind: Link['kind']): readonly string[] =>
  (links.get(number) ?? []).filter(link => link.kind === kind).map(linkName);
