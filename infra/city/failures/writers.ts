/** Who may write in every case there is: one failure, two, and every way in which the sites can be parted. */

import { type City, linkName, nodeName, type Site } from '../model.js';
import type { SiteStanding, Writer } from '../routing/writer.js';
import type { Footprint, Terrain } from './footprint.js';
import type { Core } from './trunk.js';

interface WriterCase {
  /** What has failed, by names: elements, or the parts that the sites have fallen into, as `s1 | s2 s3`. */
  readonly when: string;
  /** The elements that have failed; none where the sites are parted. */
  readonly failed: readonly string[];
  readonly writer: Writer;
}

export interface WriterCases {
  readonly single: readonly (WriterCase & { readonly element: Footprint['element'] })[];
  /** Only those where something of the core has failed; in all others it is as if one had. */
  readonly double: readonly WriterCase[];
  readonly partitions: readonly WriterCase[];
  readonly doubleCases: number;
}

export function writerCasesOf({ city, footprints }: Terrain, core: Core): WriterCases {
  const inCore = footprints.filter(footprint => footprint.core.length > 0);
  return {
    single: footprints.map(({ element, core: down }) => ({
      element,
      when: element.name,
      failed: [element.name],
      writer: core.writer(down),
    })),
    double: inCore.flatMap((one, index) =>
      inCore.slice(index + 1).map(other => ({
        when: `${one.element.name} and ${other.element.name}`,
        failed: [one.element.name, other.element.name],
        writer: core.writer([...new Set([...one.core, ...other.core])].toSorted()),
      })),
    ),
    partitions: partitions(city.sites).map(parts => ({
      when: parts.map(sites => sites.map(nodeName).join(' ')).join(' | '),
      failed: [],
      writer: core.writer(linksBetween(city, parts)),
    })),
    doubleCases: (footprints.length * (footprints.length - 1)) / 2,
  };
}

/** All ways to part a list: for three sites five. */
function partitions(sites: readonly Site[]): readonly (readonly (readonly Site[])[])[] {
  const [first, ...rest] = sites;
  if (first === undefined) return [[]];
  return partitions(rest).flatMap(parts => [
    [[first], ...parts],
    ...parts.map((part, index) => parts.map((each, at) => (at === index ? [first, ...part] : each))),
  ]);
}

function linksBetween({ links }: City, parts: readonly (readonly Site[])[]): readonly string[] {
  const partOf = new Map(parts.flatMap((sites, index) => sites.map(({ number }) => [number, index] as const)));
  return links
    .filter(({ ends: [a, b] }) => partOf.has(a) && partOf.has(b) && partOf.get(a) !== partOf.get(b))
    .map(linkName)
    .toSorted();
}

/** Which site may write, or why none may. */
export function describeWriter(writer: Writer): string {
  switch (writer.kind) {
    case 'one':
      return `s${writer.site} writes`;
    case 'none':
      return writer.sites.length === 0 ? 'no site has a database host' : writer.sites.map(describeStanding).join(', ');
  }
}

function describeStanding({ site, up, databases, votes, of }: SiteStanding): string {
  if (!up) return `s${site} is down`;
  return databases === 0 ? `s${site} has no database host` : `s${site} hears ${votes} of ${of} votes`;
}
