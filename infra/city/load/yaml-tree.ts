import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, visit, type YAMLMap } from 'yaml';
import { firstHidden } from '../hidden.js';
import type { Problem } from '../problem.js';
import { HIDDEN } from './files.js';
import { shown } from './hint.js';

/** A problem at an offset of the text. */
export interface YamlRefusal extends Required<Pick<Problem, 'rule' | 'message' | 'hint'>> {
  readonly offset: number;
}

/** What valid YAML contains and an inventory may not; with a `harmless` one the rest can still be checked. */
export function refusals(document: Document.Parsed): { readonly fatal: readonly YamlRefusal[]; readonly harmless: readonly YamlRefusal[] } {
  const fatal: YamlRefusal[] = [];
  const harmless: YamlRefusal[] = [];
  const refuseAnchor = ({ anchor, range }: { readonly anchor?: string; readonly range?: readonly number[] | null }) => {
    if (anchor !== undefined) fatal.push(anchored(range?.[0] ?? 0, anchor));
  };
  visit(document, {
    Seq: (_, list) => refuseAnchor(list),
    Scalar: (at, scalar) => {
      refuseAnchor(scalar);
      const hidden = typeof scalar.value === 'string' ? firstHidden(scalar.value) : undefined;
      if (hidden !== undefined) fatal.push(hiddenAt(scalar.range?.[0] ?? 0, hidden.codePoint));
      if (at !== 'key' && typeof scalar.value === 'number' && !isPlainNumber(scalar.source ?? '')) harmless.push(strangeNumber(scalar));
    },
    Map: (_, map) => {
      refuseAnchor(map);
      for (const refusal of duplicates(map as YAMLMap<Node, Node | null>)) harmless.push(refusal);
    },
    Pair: (_, { key }) => {
      if (!isScalar(key)) fatal.push(strangeKey((key as Node | null)?.range?.[0] ?? 0));
    },
  });
  return { fatal, harmless };
}

/** An anchor hides what a line says from its reader; aliases need one, so they need no refusal of their own. */
const anchored = (offset: number, anchor: string): YamlRefusal => ({
  offset,
  rule: 'anchor',
  message: `the anchor &${anchor} is not allowed`,
  hint: 'write the value out where it is used',
});

/** The file itself has none: but `"\\e"` in quotes is one. */
const hiddenAt = (offset: number, codePoint: string): YamlRefusal => ({
  offset,
  rule: HIDDEN.rule,
  message: HIDDEN.message(codePoint),
  hint: HIDDEN.hint,
});

/** Digits, without leading zeros; `1.000` may be a thousand to who wrote it. */
const isPlainNumber = (source: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(source) && !/^-?\d{1,3}\.0{3}$/.test(source);

const strangeNumber = ({ value, source, range }: Scalar): YamlRefusal => ({
  offset: range?.[0] ?? 0,
  rule: 'number-form',
  message: `found ${source}, expected a number in digits`,
  hint: source?.endsWith('.000') ? `write ${value} or ${Number(value) * 1000}` : `write ${value}`,
});

const strangeKey = (offset: number): YamlRefusal => ({
  offset,
  rule: 'syntax',
  message: 'a key must be a word or a number',
  hint: 'put it in quotes',
});

function duplicates(map: YAMLMap<Node, Node | null>): readonly YamlRefusal[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    const name = keyOf(key);
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `the key ${shown(name)} is given twice in one map`;
    return [{ offset: key.range?.[0] ?? 0, rule: 'duplicate-key', message, hint: 'keep one of the two' }];
  });
}

/** The data of a node; keys as they are written. */
export function plain(node: Node | null): unknown {
  if (isMap<Node, Node | null>(node)) return Object.fromEntries(node.items.map(({ key, value }) => [keyOf(key), plain(value)]));
  if (isSeq<Node>(node)) return node.items.map(plain);
  return isScalar(node) ? node.value : null;
}

const keyOf = (key: Node): string => (isScalar(key) ? (key.source ?? String(key.value)) : '');

/** Offset of the deepest part of a path that exists, or of its key. */
export function offsetOf(node: Node | null, [head, ...rest]: readonly string[], wantsKey: boolean): number {
  const here = node?.range?.[0] ?? 0;
  if (head === undefined) return here;
  if (isSeq<Node>(node)) {
    const item = node.items[Number(head)];
    return item === undefined ? here : offsetOf(item, rest, wantsKey);
  }
  const pair = isMap<Node, Node | null>(node) ? pairsOf(node).get(head) : undefined;
  if (pair === undefined) return here;
  const atKey = pair.key.range?.[0] ?? here;
  return pair.value === null || (wantsKey && rest.length === 0) ? atKey : offsetOf(pair.value, rest, wantsKey);
}

/** A file with many problems needs many positions in one map. */
const indexes = new WeakMap<YAMLMap<Node, Node | null>, ReadonlyMap<string, Pair<Node, Node | null>>>();

function pairsOf(map: YAMLMap<Node, Node | null>): ReadonlyMap<string, Pair<Node, Node | null>> {
  const known = indexes.get(map) ?? new Map(map.items.map(pair => [keyOf(pair.key), pair]));
  indexes.set(map, known);
  return known;
}
