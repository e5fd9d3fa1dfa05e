import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Packs by the beginning of their rules' names: the library records an acknowledgement under its pack, and drops one without. */
const PACKS = {
  'AwsSolutions-': 'AwsSolutions',
  'NIST.800.53.R5-': 'NIST.800.53.R5',
  'City-': 'City',
  F: 'CloudFormation-Validate',
} as const;

/** Accepts that a construct breaks rules, with a reason. Some name a single finding, as `AwsSolutions-IAM5[Action::s3:List*]`. */
export function acknowledge(scope: IConstruct, reason: string, ...rules: readonly string[]): void {
  Validations.of(scope).acknowledge(...rules.map(rule => ({ id: `${packOf(rule)}::${rule}`, reason })));
}

function packOf(rule: string): string {
  const found = Object.entries(PACKS).find(([beginning]) => rule.startsWith(beginning));
  if (found === undefined) throw new Error(`no pack has a rule '${rule}'`);
  return found[1];
}

export interface Acknowledged {
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

/** Everything that has been acknowledged below a construct, in the order of the stacks. */
export const acknowledgedBelow = (root: IConstruct): readonly Acknowledged[] =>
  root.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
      .map(([id, reason]) => ({ path: node.path, rule: id.replace(/^annotation::/i, '').replace(/^[^:]+::/, ''), reason })),
  );

/** All acknowledgements below a construct as a table for auditors: Markdown, a row a rule and reason, with all places. */
export function acknowledgementTable(root: IConstruct): string {
  const rows = new Map<string, { readonly rule: string; readonly reason: string; readonly places: string[] }>();
  for (const { path, rule, reason } of acknowledgedBelow(root)) {
    const row = rows.get(`${rule} ${reason}`) ?? { rule, reason, places: [] };
    row.places.push(path);
    rows.set(`${rule} ${reason}`, row);
  }
  const lines = [...rows.values()]
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
    .map(({ rule, reason, places }) => `| \`${rule}\` | ${reason} | ${[...new Set(places)].join(', ')} |`);
  return `${['| rule | why it is accepted | where |', '| --- | --- | --- |', ...lines].join('\n')}\n`;
}
