import type { ElementNumber, Language } from '../../../../infra/city/identity.js';
import type { Aggregation, City } from '../../../../infra/city/model.js';
import type { DrawnMark } from '../mark.js';
import { element, escapeXml } from '../markup.js';
import type { OutlinePoint } from '../outline.js';
import type { DiagramParts } from '../parts.js';
import { shortNames } from '../words.js';
import type { Frame } from './frame.js';
import type { Patch } from './room.js';

/** What a map is drawn from. */
export interface MapView {
  readonly parts: DiagramParts;
  readonly language: Language;
  readonly mark: DrawnMark;
  readonly frame: Frame;
}

/** Where the sign of a site or node stands; nowhere for what has no place. */
export type At = (number: ElementNumber) => OutlinePoint | undefined;

/** The name of a node without what the names of all begin with. */
export function shortName({ aggregations }: City, node: Aggregation, language: Language): string {
  return shortNames(aggregations.map(({ name }) => name[language]))[aggregations.indexOf(node)] ?? '';
}

/** A text in the middle of its patch. */
export const label = (text: string, { x, y, height }: Patch, attributes: Readonly<Record<string, string | number>>): string =>
  element('text', { x, y: y + height * 0.32, 'text-anchor': 'middle', ...attributes }, escapeXml(text));
