/** What each failing element can touch: the core between the sites, single aggregation nodes, single offices. Most touch very little. */

import { grouped } from '../grouped.js';
import type { ElementNumber } from '../identity.js';
import { type City, type Endpoint, type Link, linkName, linksBetweenSites, nodeName, nodesOf } from '../model.js';
import { elementsOf, type FailingElement, type Failure } from '../routing/failure.js';
import { firstAccessLinks } from '../routing/prediction.js';

export interface Footprint {
  readonly element: FailingElement;
  /** The names of the sites, of their hosts and of the links between them that are down; none for almost all elements. */
  readonly core: readonly string[];
  /** Aggregation nodes that are down, or have an uplink down. */
  readonly aggregations: ReadonlySet<ElementNumber>;
  /** Offices whose own line is down, whether they are up or not. */
  readonly cutLines: ReadonlySet<Endpoint>;
}

/** A city as its failures see it: what depends on what, looked up once. */
export interface Terrain {
  readonly city: City;
  /** The short names of nodes. */
  readonly names: ReadonlyMap<ElementNumber, string>;
  /** By aggregation node, in order of their numbers. */
  readonly uplinks: ReadonlyMap<ElementNumber, readonly Uplink[]>;
  readonly offices: ReadonlyMap<ElementNumber, readonly Endpoint[]>;
  /** The line of each office's fixed route. */
  readonly lines: ReadonlyMap<ElementNumber, Link>;
  /** Of every element, in the order of the city. */
  readonly footprints: readonly Footprint[];
}
export interface Uplink {
  readonly link: Link;
  readonly aggregation: ElementNumber;
  readonly site: ElementNumber;
}

export function terrainOf(city: City): Terrain {
  const uplinks = uplinksOf(city);
  const lines = firstAccessLinks(city);
  const places: Places = {
    core: coreNames(city),
    aggregations: new Set(city.aggregations.map(({ number }) => number)),
    ownerOf: new Map(uplinks.map(({ link, aggregation }) => [link.number, aggregation])),
    officeOn: new Map(city.endpoints.flatMap(office => lineEntry(lines, office))),
  };
  return {
    city,
    names: new Map([...nodesOf(city).values()].map(node => [node.number, nodeName(node)])),
    lines,
    uplinks: grouped(uplinks, ({ aggregation }) => [aggregation]),
    offices: grouped(city.endpoints, ({ aggregation }) => [aggregation]),
    footprints: elementsOf(city).map(element => ({ element, ...footprint(places, element.down) })),
  };
}

interface Places {
  readonly core: ReadonlyMap<number | string, string>;
  readonly aggregations: ReadonlySet<ElementNumber>;
  readonly ownerOf: ReadonlyMap<number, ElementNumber>;
  readonly officeOn: ReadonlyMap<number, Endpoint>;
}

function footprint(
  { core, aggregations, ownerOf, officeOn }: Places,
  { nodes, links, hosts = new Set() }: Failure,
): Omit<Footprint, 'element'> {
  return {
    core: [...present(nodes, number => core.get(number)), ...present(links, number => core.get(linkKey(number))), ...hosts],
    aggregations: new Set([...[...nodes].filter(number => aggregations.has(number)), ...present(links, number => ownerOf.get(number))]),
    cutLines: new Set(present(links, number => officeOn.get(number))),
  };
}

const present = <K, V>(keys: Iterable<K>, find: (key: K) => V | undefined): V[] => [...keys].flatMap(key => find(key) ?? []);

/** Nodes and links count apart. */
const linkKey = (number: number): string => `l${number}`;

function coreNames(city: City): Places['core'] {
  return new Map<number | string, string>([
    ...city.sites.map(site => [site.number, nodeName(site)] as const),
    ...linksBetweenSites(city).map(link => [linkKey(link.number), linkName(link)] as const),
  ]);
}

/** The loader sees to it that an uplink leads from an aggregation node to a site. */
const uplinksOf = ({ links }: City): readonly Uplink[] =>
  links.filter(({ kind }) => kind === 'uplink').map(link => ({ link, aggregation: link.ends[0], site: link.ends[1] }));

const lineEntry = (lines: Terrain['lines'], office: Endpoint): readonly (readonly [number, Endpoint])[] => {
  const line = lines.get(office.number);
  return line === undefined ? [] : [[line.number, office]];
};
