/** Numbers are identities for ever: what broke that between two inventories. */

import { type City, linkName, nodeName, nodesOf, type System } from '../model.js';

export interface BrokenNumbers {
  /** Given to something else. */
  readonly reused: readonly string[];
  /** Gone without having been retired. */
  readonly forgotten: readonly string[];
  /** Elements that have become what another number was, as `e77 is what e78 was`: addresses and data stay with numbers. */
  readonly swapped: readonly string[];
}

export const brokenNumbers = (before: City, after: City): BrokenNumbers => ({
  reused: reused(before, after),
  forgotten: forgotten(before, after),
  swapped: [...swapped(bearersOf(before), bearersOf(after)), ...swapped(systemsOf(before), systemsOf(after))],
});

export const systemName = ({ number, key }: System): string => `${number} ${key}`;

function reused(before: City, after: City): readonly string[] {
  const kinds = new Map([...nodesOf(before).values()].map(({ number, kind }) => [number, kind]));
  const retired = new Set<number>(before.retired.elements);
  const retiredLinks = new Set<number>(before.retired.links);
  return [
    ...[...nodesOf(after).values()].filter(({ number, kind }) => retired.has(number) || (kinds.get(number) ?? kind) !== kind).map(nodeName),
    ...after.links.filter(({ number }) => retiredLinks.has(number)).map(linkName),
    ...after.systems.filter(({ number }) => before.retired.systems.includes(number)).map(systemName),
  ];
}

function forgotten(before: City, after: City): readonly string[] {
  const known = new Set<number>([...nodesOf(after).keys(), ...after.planned.elements, ...after.retired.elements]);
  const knownSystems = new Set<number>([...after.systems.map(({ number }) => number), ...after.planned.systems, ...after.retired.systems]);
  const knownLinks = new Set<number>([...after.links.map(({ number }) => number), ...after.planned.links, ...after.retired.links]);
  return [
    ...[...nodesOf(before).values()].filter(({ number }) => !known.has(number)).map(nodeName),
    ...before.links.filter(({ number }) => !knownLinks.has(number)).map(linkName),
    ...before.systems.filter(({ number }) => !knownSystems.has(number)).map(systemName),
  ];
}

/** Who has a number, and what people know it by. */
interface Bearer {
  readonly number: number;
  readonly title: string;
  readonly known: string;
}

const bearersOf = (city: City): readonly Bearer[] =>
  [...nodesOf(city).values()].map(node => ({
    number: node.number,
    title: nodeName(node),
    known: [node.name.vi, 'code' in node ? node.code : undefined].join('|'),
  }));

const systemsOf = ({ systems }: City): readonly Bearer[] =>
  systems.map(({ number, key, name }) => ({ number, title: `system ${number}`, known: `${key}|${name.vi}` }));

/** A name that two elements shared says nothing about either. */
function swapped(before: readonly Bearer[], after: readonly Bearer[]): readonly string[] {
  const was = new Map(before.map(bearer => [bearer.number, bearer]));
  const formerly = new Map(before.map(bearer => [bearer.known, bearer]));
  const shared = new Set(before.filter(({ known, number }) => formerly.get(known)?.number !== number).map(({ known }) => known));
  return after.flatMap(({ number, known, title }) => {
    const other = formerly.get(known);
    const changed = was.has(number) && was.get(number)?.known !== known;
    return changed && other !== undefined && other.number !== number && !shared.has(known) ? [`${title} is what ${other.title} was`] : [];
  });
}
