/**
 * Characters that are not seen: what a terminal obeys (control), what has no width, and what turns the direction of reading.
 *
 * @see Unicode Technical Report 36, section 2.5
 */

const HIDDEN = String.raw`(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]`;
const ONE = new RegExp(HIDDEN, 'u');
const ALL = new RegExp(HIDDEN, 'gu');

/** The first one that is neither a tab nor a line feed, and its place; undefined when there is none. */
export function firstHidden(text: string): { readonly codePoint: string; readonly index: number } | undefined {
  const index = text.search(ONE);
  const point = text.codePointAt(index) ?? 0;
  return index === -1 ? undefined : { codePoint: `U+${point.toString(16).toUpperCase().padStart(4, '0')}`, index };
}

/** The text with each of them written out, as in a string of JSON: `\u001b`. Tabs and line feeds stay. */
export const visible = (text: string): string =>
  text.replace(ALL, character => [...Array(character.length).keys()].map(unit => escaped(character.charCodeAt(unit))).join(''));

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
