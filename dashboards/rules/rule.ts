import type { RECORDED } from '../../agents/contract/metrics/recorded.js';

/** A recording rule: the name under which Prometheus keeps the result of an expression. */
export interface Recording {
  readonly record: keyof typeof RECORDED;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other, each seeing what those before it have recorded. */
export interface RuleGroup<Rule> {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Rule[];
}
