/** Elements of a page. Children are markup already; every text passes `escapeXml`. */

import { element, escapeXml } from '../diagram/markup.js';

type Attributes = Parameters<typeof element>[1];

/** An element that may have no children and is closed nevertheless: HTML knows `<td/>` as an open one. */
export const tag = (name: string, attributes: Attributes, ...children: readonly string[]): string =>
  element(name, attributes, ...(children.length === 0 ? [''] : children));

/** A table in a frame of its own, so that a narrow window scrolls it and not the page. Heads are texts, cells are markup. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = tag('tr', {}, ...heads.map(each => tag('th', {}, escapeXml(each))));
  const body = rows.map(cells => tag('tr', {}, ...cells.map(cell => tag('td', {}, cell))));
  return tag('div', { class: 'scroll' }, tag('table', {}, tag('thead', {}, head), tag('tbody', {}, ...body.map(row => `\n${row}`))));
}

/** What is folded away until the reader opens it. The summary is markup. */
export const folded = (summary: string, content: string, open = false): string =>
  tag('details', { open: open ? 'open' : undefined }, tag('summary', {}, summary), content);

/** A part of the page with its heading. */
export const section = (id: string, title: string, ...children: readonly string[]): string =>
  `\n${tag('section', { id }, tag('h2', {}, escapeXml(title)), ...children)}`;

export const paragraph = (text: string, style?: string): string => tag('p', { class: style }, escapeXml(text));
