import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  visit,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import type { Position, Problem } from '../problem.js';
import { shown } from './hint.js';

/** A YAML file as plain data that still knows where each part stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Position of the deepest part of the path that exists; of its key when `key` is true. */
  at(path: readonly string[], key?: boolean): Position;
  readonly problems: readonly Problem[];
}

/** Deeper than any inventory; the parser's own recursion would end in a stack trace at some thousands. */
const DEPTH_LIMIT = 16;

/** Parses one YAML document without anchors, aliases, tags or duplicate keys. */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (offset: number, rule: string, message: string, hint: string): Problem => ({
    rule,
    path: file.split('/').at(-1) ?? file,
    message,
    hint,
    at: position(offset),
  });
  const nothing = (problems: readonly Problem[]): YamlSource => ({ value: undefined, at: () => position(0), problems });

  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined)
    return nothing([problem(deep, 'too-deep', `nested more than ${DEPTH_LIMIT} levels deep`, 'an inventory needs six levels')]);

  const [document, ...others] = new Composer({ uniqueKeys: true }).compose(tokens, true, text.length);
  if (document === undefined || document.contents === null)
    return nothing([problem(0, 'empty-file', 'the file has no content', 'copy the one of a shipped inventory and edit it')]);
  const fatal = [...syntaxProblems([...document.errors, ...document.warnings], others, problem), ...forbidden(document, problem)];
  if (fatal.length > 0) return nothing(fatal);
  const root = document.contents as Node;
  return {
    value: plain(root),
    at: (path, key) => position(offsetOf(root, path, key ?? false)),
    problems: document.errors.map(({ pos }) =>
      problem(pos[0], 'duplicate-key', `the key ${shown(keyText(text, pos[0]))} is given twice in one map`, 'keep one of the two'),
    ),
  };
}

/** The parser's first complaint only: after it the parser guesses, and its next ones mislead. */
function syntaxProblems(
  complaints: readonly (YAMLParseError | YAMLWarning)[],
  others: readonly Document.Parsed[],
  problem: ProblemOf,
): readonly Problem[] {
  const [first] = complaints.filter(({ code }) => code !== 'DUPLICATE_KEY');
  if (first !== undefined)
    return [problem(first.pos[0], 'syntax', first.message.replace(/\.?$/, ''), 'correct it; the rest of the file was not looked at')];
  return others.slice(0, 1).map(({ range }) => problem(range[0], 'syntax', 'a second document starts here', 'remove it and the line ---'));
}

const keyText = (text: string, offset: number): string => /^[^\s:,}]*/.exec(text.slice(offset, offset + 60))?.[0] ?? '';

/** Offset of the first token below the depth limit; without recursion, as the file may be made to exhaust it. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const waiting = tokens.map(token => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > DEPTH_LIMIT) return token.offset;
    for (const child of childrenOf(token)) waiting.push({ token: child, depth: depth + (CST.isCollection(token) ? 1 : 0) });
  }
  return undefined;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!CST.isCollection(token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value]).filter(child => child !== undefined && child !== null);
}

type ProblemOf = (offset: number, rule: string, message: string, hint: string) => Problem;

/** Anchors hide what a line says from its reader; a key that is not a word has no path. */
function forbidden(document: Document.Parsed, problem: ProblemOf): readonly Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Value: (_, { anchor, range }) => {
      if (anchor !== undefined)
        problems.push(problem(range?.[0] ?? 0, 'anchor', `the anchor &${anchor} is not allowed`, 'write the value out where it is used'));
    },
    Pair: (_, { key }) => {
      if (!isScalar(key) && !isAlias(key))
        problems.push(problem((key as Node | null)?.range?.[0] ?? 0, 'syntax', 'a key must be a word or a number', 'put it in quotes'));
    },
  });
  return problems;
}

function plain(node: Node | null): unknown {
  if (isMap<Node, Node | null>(node)) return Object.fromEntries(node.items.map(({ key, value }) => [keyOf(key), plain(value)]));
  if (isSeq<Node>(node)) return node.items.map(plain);
  return isScalar(node) ? node.value : null;
}

const keyOf = (key: Node): string => (isScalar(key) ? (key.source ?? String(key.value)) : '');

function offsetOf(node: Node | null, [head, ...rest]: readonly string[], wantsKey: boolean): number {
  const here = node?.range?.[0] ?? 0;
  if (head === undefined) return here;
  if (isSeq<Node>(node)) {
    const item = node.items[Number(head)];
    return item === undefined ? here : offsetOf(item, rest, wantsKey);
  }
  const pair = isMap<Node, Node | null>(node) ? node.items.find(({ key }) => keyOf(key) === head) : undefined;
  if (pair === undefined) return here;
  const atKey = pair.key.range?.[0] ?? here;
  return pair.value === null || (wantsKey && rest.length === 0) ? atKey : offsetOf(pair.value, rest, wantsKey);
}
