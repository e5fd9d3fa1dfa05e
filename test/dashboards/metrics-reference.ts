import { FOREIGN } from '../../agents/contract/metrics/foreign.js';
import type { Metric } from '../../agents/contract/metrics/metric.js';
import { OURS } from '../../agents/contract/metrics/ours.js';
import { RECORDED } from '../../agents/contract/metrics/recorded.js';

/** The whole table of metrics as a page of Markdown. */
export const metricsReference = (): string =>
  [
    '# Metrics',
    'Written from the table beside this page by its test; change the table, then run `npx vitest run --update=all test/dashboards/metrics.test.ts`.',
    section('Ours', 'What our own programs export.', OURS),
    section("Others'", "What others' programs export and our rules and dashboards use.", FOREIGN),
    section('Recorded', 'What the rules record, from the point of view of one site.', RECORDED),
  ].join('\n\n');

const section = (title: string, text: string, rows: Readonly<Record<string, Metric>>): string =>
  [
    `## ${title}`,
    '',
    text,
    '',
    '| metric | type | unit | labels | help |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(rows).map(line),
    '',
  ].join('\n');

const line = ([name, row]: readonly [string, Metric]): string =>
  `| \`${name}\` | ${row.type} | ${row.unit} | ${labelsOf(row)} | ${cell(helpOf(row))} |`;

const labelsOf = ({ labels, scraped = [] }: Metric): string => {
  const added = scraped.filter(label => !labels.includes(label));
  return [labels.join(', ') || '–', ...(added.length === 0 ? [] : [`by the scrape: ${added.join(', ')}`])].join('; ');
};

const helpOf = (row: Metric & { readonly from?: string }): string => (row.from === undefined ? row.help : `${row.from}: ${row.help}`);

const cell = (text: string): string => text.replaceAll('|', '\\|');
