/** Changes of a text that keep every other byte: comments, order and spaces stay as the operator wrote them. */

import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';

/** At an offset, so many characters are replaced. */
export interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

/** The text with all edits made; they must not overlap. */
export const edited = (text: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((a, b) => b.at - a.at)
    .reduce((whole, { at, length, text: by }) => `${whole.slice(0, at)}${by}${whole.slice(at + length)}`, text);

/** What an edit does to its line, 1-based: removed and added text. */
export interface ChangedLine {
  readonly line: number;
  readonly removed: string;
  readonly added: string;
}

export const changedLines = (text: string, edits: readonly Edit[]): readonly ChangedLine[] =>
  edits.map(({ at, length, text: by }) => ({
    line: text.slice(0, at + (by.startsWith('\n') || by.startsWith('\r') ? 1 : 0)).split('\n').length,
    removed: text.slice(at, at + length).trim(),
    added: by.replace(/^, /, '').trim(),
  }));

/** A YAML text as its entries; what it means is the loader's question. */
const mapOf = (text: string): YAMLMap | undefined => {
  const { contents } = parseDocument(text, { uniqueKeys: false });
  return isMap(contents) ? contents : undefined;
};

/** The whole number that a key of the top says, with the edit that sets another; undefined where there is none. */
export function numberAt(text: string, key: string): { readonly value: number; set(to: number): Edit } | undefined {
  const scalar = mapOf(text)?.get(key, true);
  if (!isScalar(scalar) || !Number.isInteger(scalar.value)) return undefined;
  const [start, end] = rangeOf(scalar);
  return { value: Number(scalar.value), set: to => ({ at: start, length: end - start, text: String(to) }) };
}

/** Edits that add a line to entries of a list at the top, behind one of their keys: `added` gets the entry's place in the list. */
export function addToEntries(text: string, list: string, behind: string, added: (index: number) => string | undefined): readonly Edit[] {
  const found = mapOf(text)?.get(list, true);
  if (!isSeq(found)) return [];
  return found.items.flatMap((entry, index) => {
    const [line, pair] = [added(index), isMap(entry) ? pairIn(entry, behind) : undefined];
    if (line === undefined || pair === undefined || !isMap(entry)) return [];
    return [entry.flow === true ? inFlow(pair, line) : onOwnLine(text, pair, line)];
  });
}

type TextPair = Pair<Scalar, Scalar>;

const pairIn = (map: YAMLMap, name: string): TextPair | undefined =>
  map.items.find((pair): pair is TextPair => isScalar(pair.key) && isScalar(pair.value) && pair.key.value === name);

const inFlow = ({ value }: TextPair, line: string): Edit => ({ at: endOf(value), length: 0, text: `, ${line}` });

/** Below the line on which the value ends, as far in as its key. */
function onOwnLine(text: string, { key, value }: TextPair, line: string): Edit {
  const start = rangeOf(key)[0];
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const whole = wrapped(line, WIDTH - column)
    .map((part, index) => `${' '.repeat(column + (index === 0 ? 0 : 4))}${part}`)
    .join(newline);
  const end = text.indexOf('\n', endOf(value));
  return end === -1 ? { at: text.length, length: 0, text: `${newline}${whole}` } : { at: end + 1, length: 0, text: `${whole}${newline}` };
}
const WIDTH = 130;

/** Broken behind commas, where a map in braces may be. */
function wrapped(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const rangeOf = ({ range }: Scalar): readonly [number, number] => [range?.[0] ?? 0, range?.[1] ?? 0];
const endOf = (value: Scalar | null): number => (value === null ? 0 : rangeOf(value)[1]);
