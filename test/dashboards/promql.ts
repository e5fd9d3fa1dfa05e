/** What an expression says by Prometheus's own grammar, and which labels its result may carry by the table of metrics. */

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { METRICS } from '../../agents/contract/metrics/select.js';

/** What is wrong with an expression: its grammar, metrics or labels that are not in the table, and matches that can never hold. */
export const mistakesOf = (expression: string): readonly string[] => judged(expression).mistakes;

/** The labels that the result may carry. */
export const labelsOf = (expression: string): ReadonlySet<string> => judged(expression).labels ?? new Set();

/** Metrics that it names. */
export function metricsOf(expression: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, node }) => void (name === 'VectorSelector' && names.push(textOf(expression, node.getChild('Identifier')))),
  });
  return names;
}

/** Labels of a vector; undefined for a number or a string. */
type Labels = ReadonlySet<string> | undefined;

interface Judging {
  readonly text: string;
  readonly mistakes: string[];
}

function judged(text: string): { readonly mistakes: readonly string[]; readonly labels: Labels } {
  const tree = parser.parse(text);
  const mistakes: string[] = [];
  tree.iterate({
    enter: ({ type, from }) => void (type.isError && mistakes.push(`not PromQL at ${from}: ${text.slice(from, from + 30)}`)),
  });
  const root = tree.topNode.firstChild;
  if (mistakes.length > 0 || root === null) return { mistakes, labels: undefined };
  return { labels: infer({ text, mistakes }, root), mistakes };
}

function infer(judging: Judging, node: SyntaxNode): Labels {
  switch (node.name) {
    case 'VectorSelector':
      return selector(judging, node);
    case 'AggregateExpr':
      return aggregation(judging, node);
    case 'BinaryExpr':
      return binary(judging, node);
    case 'FunctionCall':
      return call(judging, node);
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return undefined;
    case 'ParenExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
    case 'UnaryExpr':
      return infer(judging, node.getChild('Expr') as SyntaxNode);
    default:
      throw new Error(`${node.name} is not used so far: say here which labels it leaves`);
  }
}

function selector({ text, mistakes }: Judging, node: SyntaxNode): Labels {
  const name = textOf(text, node.getChild('Identifier'));
  if (!Object.hasOwn(METRICS, name)) mistakes.push(`${name} is not in the table of metrics`);
  const row = (METRICS as Readonly<Record<string, { readonly labels: readonly string[]; readonly scraped?: readonly string[] }>>)[name];
  const labels = new Set([...(row?.labels ?? []), ...(row?.scraped ?? [])]);
  for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
    const label = textOf(text, matcher.getChild('LabelName'));
    demand(mistakes, labels, [label], name);
    if (/^\w+=""$/.test(textOf(text, matcher))) labels.delete(label);
  }
  return labels;
}

function aggregation(judging: Judging, node: SyntaxNode): Labels {
  const inner =
    argumentsOf(node)
      .map(argument => infer(judging, argument))
      .at(-1) ?? new Set();
  const modifier = node.getChild('AggregateModifier');
  const keepsSeries = KEEPS_SERIES.test(textOf(judging.text, node.getChild('AggregateOp')));
  if (modifier === null) return keepsSeries ? inner : new Set();
  const named = groupings(judging, modifier)[0] ?? [];
  demand(judging.mistakes, inner, named, textOf(judging.text, node));
  if (keepsSeries) return inner;
  return modifier.getChild('By') === null ? minus(inner, named) : new Set(named);
}
const KEEPS_SERIES = /^(top|bottom)k$/;

function call(judging: Judging, node: SyntaxNode): Labels {
  const name = textOf(judging.text, node.getChild('FunctionIdentifier'));
  const given = argumentsOf(node);
  const vector = given.map(argument => infer(judging, argument)).find(labels => labels !== undefined);
  if (name === 'vector') return new Set();
  if (name !== 'label_replace' || vector === undefined) return vector;
  const [target, , source] = given.slice(1).map(argument => textOf(judging.text, argument).slice(1, -1));
  demand(judging.mistakes, vector, [source ?? ''], name);
  return new Set([...vector, target ?? '']);
}

function binary(judging: Judging, node: SyntaxNode): Labels {
  const [left, right] = node.getChildren('Expr').map(side => infer(judging, side));
  if (left === undefined || right === undefined) return left ?? right;
  const matching = node.getChild('MatchingModifierClause');
  const [named = [], carried = []] = matching === null ? [] : groupings(judging, matching);
  const where = textOf(judging.text, node);
  if (matching === null) return unmodified(judging, node, left, right);
  if (matching.getChild('On') === null) demand(judging.mistakes, new Set([...left, ...right]), named, where);
  else for (const side of [left, right]) demand(judging.mistakes, side, named, where);
  if (matching.getChild('GroupLeft') !== null) return joined(judging, left, right, carried, where);
  if (matching.getChild('GroupRight') !== null) return joined(judging, right, left, carried, where);
  if (node.getChild('Or') !== null) return new Set([...left, ...right]);
  if (node.getChild('And') !== null || node.getChild('Unless') !== null) return left;
  return matching.getChild('On') === null ? minus(left, named) : new Set(named);
}

/** Without `on` or `ignoring` two vectors match on all labels: they must be able to have the same. */
function unmodified({ text, mistakes }: Judging, node: SyntaxNode, left: ReadonlySet<string>, right: ReadonlySet<string>): Labels {
  const either = new Set([...left, ...right]);
  if (node.getChild('Or') === null && (either.size !== left.size || either.size !== right.size))
    mistakes.push(`both sides have other labels: ${textOf(text, node)}`);
  return node.getChild('Or') === null ? left : either;
}

function joined(
  { mistakes }: Judging,
  many: ReadonlySet<string>,
  one: ReadonlySet<string>,
  carried: readonly string[],
  where: string,
): Labels {
  demand(mistakes, one, carried, where);
  return new Set([...many, ...carried]);
}

function demand(mistakes: string[], labels: Labels, wanted: readonly string[], where: string): void {
  for (const label of wanted) if (labels?.has(label) !== true) mistakes.push(`there is no label ${label}: ${where}`);
}

const minus = (labels: Labels, without: readonly string[]): Labels =>
  new Set([...(labels ?? [])].filter(label => !without.includes(label)));

const groupings = ({ text }: Judging, node: SyntaxNode): readonly (readonly string[])[] =>
  node.getChildren('GroupingLabels').map(list => list.getChildren('LabelName').map(label => textOf(text, label)));

const argumentsOf = (node: SyntaxNode): readonly SyntaxNode[] => node.getChild('FunctionCallBody')?.getChildren('Expr') ?? [];

const textOf = (text: string, node: SyntaxNode | null): string => (node === null ? '' : text.slice(node.from, node.to));
