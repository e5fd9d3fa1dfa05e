/** The rules of every data centre: their expressions, their labels, and the pages that their alerts lead to. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FOREIGN } from '../../agents/contract/metrics/foreign.js';
import { RECORDED } from '../../agents/contract/metrics/recorded.js';
import { ruleFile, runbookOf, startedRuleFile } from '../../dashboards/rules/file.js';
import { ALERT_TITLES } from '../../dashboards/wall/alert-titles.js';
import { packageRoot } from '../../infra/city/load/read.js';
import { nodeName } from '../../infra/city/model.js';
import { alertsOf } from '../site/alert-cases.js';
import { canTho } from '../site/cities.js';
import { labelsOf, metricsOf, mistakesOf } from './promql.js';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
const rulesOf = (file: string): readonly Rule[] =>
  (parse(file) as { groups: readonly { readonly rules: readonly Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const dataCentres = canTho.sites.filter(({ hosts }) => hosts.monitor.length > 0);
const PAGES = join(packageRoot(), 'runbooks', 'alerts');

describe.each(dataCentres.map(site => ({ name: nodeName(site), site })))("$name's rules", ({ site }) => {
  const rules = [startedRuleFile('0'), ruleFile(canTho, site.number)].flatMap(rulesOf);
  const [recordings, alerts] = [rules.filter(({ record }) => record !== undefined), rules.filter(({ alert }) => alert !== undefined)];

  test('are PromQL over the table of metrics', () => {
    expect(rules.length).toBeGreaterThan(200);
    expect([...new Set(rules.flatMap(({ expr }) => mistakesOf(expr)))]).toEqual([]);
  });

  test('record what the table says, with its labels, and all of it', () => {
    const table = new Map<string, readonly string[]>(Object.entries(RECORDED).map(([name, { labels }]) => [name, labels]));
    const beyond = recordings.flatMap(({ record = '', expr, labels = {} }) =>
      [...labelsOf(expr), ...Object.keys(labels)].filter(label => !table.get(record)?.includes(label)).map(label => `${record}: ${label}`),
    );
    expect([...new Set(beyond)]).toEqual([]);
    expect(new Set(recordings.map(({ record }) => record))).toEqual(new Set(table.keys()));
  });

  test.each(alerts)('$alert fires with labels that the table has for alerts', ({ expr, labels = {} }) => {
    const table: readonly string[] = FOREIGN.ALERTS.labels;
    expect([...labelsOf(expr), ...Object.keys(labels)].filter(label => !table.includes(label))).toEqual([]);
  });

  test.each(alerts)('$alert says only what it knows', ({ expr, annotations = {} }) => {
    const said = Object.values(annotations).flatMap(text => [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? ''));
    expect(said.filter(label => !labelsOf(expr).has(label))).toEqual([]);
  });

  test('name no metric that is recorded later in the same group: it would be of the last evaluation', () => {
    const recorded = rules.map(({ record }) => record);
    const late = rules.flatMap(({ expr }, index) =>
      metricsOf(expr).filter(metric => recorded.indexOf(metric) >= 0 && recorded.indexOf(metric) > index),
    );
    expect(late).toEqual([]);
  });
});

describe.each(alertsOf(canTho))('$name', ({ name }) => {
  const page = join(packageRoot(), runbookOf(name));
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';

  test('has a page with its four headings', () =>
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Nghĩa là gì',
      'Việc cần làm',
      'What it means',
      'What to do',
    ]));

  test('is called the same on its page and on the wall', () => {
    const { vi, en } = ALERT_TITLES[name] ?? {};
    expect(text.split('\n').slice(0, 3)).toEqual([`# ${vi}`, '', `*${en}* · \`${name}\``]);
  });
});

test('every page and every title has its alert', () => {
  const names = alertsOf(canTho)
    .map(({ name }) => name)
    .toSorted();
  const pages = readdirSync(PAGES).filter(page => page !== 'README.md');
  expect(pages.toSorted()).toEqual(names.map(name => `${name}.md`));
  expect(Object.keys(ALERT_TITLES).toSorted()).toEqual(names);
});
