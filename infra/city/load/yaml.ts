import { Composer, type CST, type Document, Lexer, LineCounter, type Node, Parser } from 'yaml';
import type { Position, Problem } from '../problem.js';
import { offsetOf, plain, refusals, type YamlRefusal } from './yaml-tree.js';

/** A YAML file as plain data that still knows where each part stands. */
export interface YamlSource {
  /** Undefined when nothing could be made of the file. */
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
  const problemOf = ({ offset, ...rest }: YamlRefusal): Problem => ({
    path: file.split('/').at(-1) ?? file,
    at: position(offset),
    ...rest,
  });
  const unreadable = (...reasons: readonly YamlRefusal[]): YamlSource => ({
    value: undefined,
    at: () => position(0),
    problems: reasons.map(problemOf),
  });

  const tokens = tokensOf(text, lines);
  if ('deepAt' in tokens) return unreadable(tooDeep(tokens.deepAt));
  // the composer's own search for duplicate keys is quadratic: ours below is not
  const [document, ...others] = new Composer({ uniqueKeys: false }).compose(tokens, true, text.length);
  if (document === undefined || document.contents === null) return unreadable(NO_CONTENT);
  const [broken] = [...syntaxErrors(document), ...others.map(secondDocument)];
  if (broken !== undefined) return unreadable(broken);
  const { fatal, harmless } = refusals(document);
  if (fatal.length > 0) return unreadable(...fatal);
  const root = document.contents as Node;
  return { value: plain(root), at: (path, key) => position(offsetOf(root, path, key ?? false)), problems: harmless.map(problemOf) };
}

/** The tokens of a file, unless it nests too deep: found while parsing, before memory or stack are spent on it. */
function tokensOf(text: string, lines: LineCounter): readonly CST.Token[] | { readonly deepAt: number } {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEPTH_LIMIT) return { deepAt: parser.offset };
  }
  return [...tokens, ...parser.end()];
}

/** What the parser complains of; only its first complaint is of use, after it the parser guesses. */
const syntaxErrors = ({ errors, warnings }: Document.Parsed): readonly YamlRefusal[] =>
  [...errors, ...warnings].map(({ pos, message }) => ({
    offset: pos[0],
    rule: 'syntax',
    message: message.replace(/\.?$/, ''),
    hint: 'correct it; the rest of the file was not looked at',
  }));

const secondDocument = ({ range }: Document.Parsed): YamlRefusal => ({
  offset: range[0],
  rule: 'syntax',
  message: 'a second document starts here',
  hint: 'remove it and the line ---',
});

const tooDeep = (offset: number): YamlRefusal => ({
  offset,
  rule: 'too-deep',
  message: `nested more than ${DEPTH_LIMIT} levels deep`,
  hint: 'an inventory needs six levels',
});

const NO_CONTENT: YamlRefusal = {
  offset: 0,
  rule: 'empty-file',
  message: 'the file has no content',
  hint: 'copy the one of a shipped inventory and edit it',
};
