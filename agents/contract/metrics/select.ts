/** Metrics named in PromQL, only through the table: a misspelt metric or label does not compile. */

import { FOREIGN } from './foreign.js';
import { OURS } from './ours.js';
import { RECORDED } from './recorded.js';

export const METRICS = { ...OURS, ...FOREIGN, ...RECORDED };
export type MetricName = keyof typeof METRICS;
type Row<N extends MetricName> = (typeof METRICS)[N];
export type LabelOf<N extends MetricName> =
  | Row<N>['labels'][number]
  | (Row<N> extends { readonly scraped: readonly (infer L extends string)[] } ? L : never);

/** What a label must be: a value, another value, or a regular expression that fits it whole. */
export type Matcher = string | { readonly not: string } | { readonly like: string };

/** An instant selector, as `up{job="etcd"}`. */
export function select<N extends MetricName>(name: N, labels?: Readonly<Partial<Record<LabelOf<N>, Matcher>>>): string {
  const matchers = Object.entries<Matcher | undefined>(labels ?? {}).flatMap(([label, matcher]) =>
    matcher === undefined ? [] : [`${label}${operation(matcher)}`],
  );
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}

function operation(matcher: Matcher): string {
  if (typeof matcher === 'string') return `="${escaped(matcher)}"`;
  return 'not' in matcher ? `!="${escaped(matcher.not)}"` : `=~"${escaped(matcher.like)}"`;
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
