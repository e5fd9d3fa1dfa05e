import type { Language } from '../../../infra/city/identity.js';
import { type City, ENDPOINT_KINDS, LINK_KINDS, type Link } from '../../../infra/city/model.js';
import { element, escapeXml, widthPx } from './markup.js';
import { CLASS_WORDS, LINK_WORDS } from './words.js';

/** One sign of a diagram and what it means. */
export interface Sign {
  readonly kind: 'line' | 'box' | 'dot';
  /** Its class in the style sheet. */
  readonly style: string;
  readonly text: string;
}

const SIZE = 13;
const ROW = 22;
const SWATCH = 26;

/** The signs in rows of at most `width`, from the left, and where they end. */
export function legend(
  left: number,
  top: number,
  width: number,
  signs: readonly Sign[],
): { readonly drawn: string; readonly bottom: number } {
  let [x, y] = [left, top];
  const drawn = signs
    .map(sign => {
      const wide = SWATCH + widthPx(sign.text, SIZE) + 22;
      if (x > left && x + wide > left + width) [x, y] = [left, y + ROW];
      const drawn = swatch(sign, x, y) + element('text', { x: x + SWATCH, y: y + 4.5, 'font-size': SIZE }, escapeXml(sign.text));
      x += wide;
      return drawn;
    })
    .join('');
  return { drawn, bottom: y + ROW / 2 };
}

const swatch = ({ kind, style }: Sign, x: number, y: number): string =>
  ({
    line: () => element('line', { x1: x, y1: y, x2: x + 20, y2: y, class: `link ${style}` }),
    box: () => element('rect', { x, y: y - 6, width: 20, height: 12, rx: 2, class: style }),
    dot: () => element('circle', { cx: x + 12, cy: y, r: 4, class: style }),
  })[kind]();

/** The kinds of these links, each with its count. */
export const linkSigns = (links: readonly Link[], language: Language): readonly Sign[] =>
  LINK_KINDS.map(kind => ({ kind, count: links.filter(link => link.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => ({ kind: 'line', style: kind, text: `${LINK_WORDS[kind][language]} (${count})` }));

/** The classes of offices that the city has, each with its count. */
export const officeSigns = ({ endpoints }: City, language: Language, kind: 'box' | 'dot'): readonly Sign[] =>
  ENDPOINT_KINDS.map(each => ({ each, count: endpoints.filter(office => office.class === each).length }))
    .filter(({ count }) => count > 0)
    .map(({ each, count }) => ({ kind, style: `office ${each}`, text: `${CLASS_WORDS[each][language]} (${count})` }));
