import type { LineReport } from '../../../infra/city/capacity/report.js';
import type { CheckReport } from '../../../infra/city/check.js';
import { grouped } from '../../../infra/city/grouped.js';
import { type ElementNumber, LANGUAGES, type Language } from '../../../infra/city/identity.js';
import { type City, type Link, linkName, type Node, nodeName, nodesOf } from '../../../infra/city/model.js';
import { elementsOf, type FailingElement } from '../../../infra/city/routing/failure.js';
import type { Finding } from '../../../infra/city/rules/finding.js';
import type { Outline } from '../diagram/outline.js';
import { shortNames } from '../diagram/words.js';

/** A checked city, and the day on which it was. */
export interface CheckedCity {
  readonly city: City;
  readonly report: CheckReport;
  /** ISO date. */
  readonly today: string;
  /** Without one the map has no areas. */
  readonly outline: Outline | undefined;
}

/** What the page is made from, in one language. */
export interface PageView extends CheckedCity {
  readonly language: Language;
  readonly nodes: ReadonlyMap<ElementNumber, Node>;
  readonly nodesByName: ReadonlyMap<string, Node>;
  /** Names of the aggregation nodes without what all of them begin with. */
  readonly shortNames: ReadonlyMap<ElementNumber, string>;
  readonly linksByName: ReadonlyMap<string, Link>;
  /** By path in the inventory, as `links.12`. */
  readonly elements: ReadonlyMap<string, FailingElement>;
  readonly elementsByName: ReadonlyMap<string, FailingElement>;
  /** Both directions of a link, by its name. */
  readonly loads: ReadonlyMap<string, readonly LineReport[]>;
  /** Problems first, then what is accepted. */
  readonly findings: readonly Finding[];
}

/** The same city in each language, the one that is read first first. */
export function viewsOf(checked: CheckedCity): readonly PageView[] {
  const nodes = nodesOf(checked.city);
  const elements = elementsOf(checked.city);
  const shared = {
    ...checked,
    nodes,
    nodesByName: new Map([...nodes.values()].map(node => [nodeName(node), node])),
    linksByName: new Map(checked.city.links.map(link => [linkName(link), link])),
    elements: new Map(elements.map(element => [element.path, element])),
    elementsByName: new Map(elements.map(element => [element.name, element])),
    loads: grouped(checked.report.capacity.lines, ({ link }) => [link]),
    findings: [...checked.report.problems, ...checked.report.accepted.flatMap(({ findings }) => findings)],
  };
  return LANGUAGES.map(language => ({ ...shared, language, shortNames: shortNamesIn(checked.city, language) }));
}

function shortNamesIn({ aggregations }: City, language: Language): PageView['shortNames'] {
  const short = shortNames(aggregations.map(({ name }) => name[language]));
  return new Map(aggregations.map(({ number }, index) => [number, short[index] ?? '']));
}

/** Members of a group, by name. */
export const membersOf = ({ nodes }: PageView, { down }: FailingElement): readonly string[] => [
  ...[...down.nodes].flatMap(number => nodes.get(number) ?? []).map(nodeName),
  ...[...down.links].map(number => linkName({ number })),
];
