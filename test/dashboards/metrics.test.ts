import { join } from 'node:path';
import { expect, test } from 'vitest';
import { METRICS } from '../../agents/contract/metrics/select.js';
import { packageRoot } from '../../infra/city/load/read.js';
import { metricsReference } from './metrics-reference.js';

test('the reference page is that of the table', () =>
  expect(metricsReference()).toMatchFileSnapshot(join(packageRoot(), 'agents', 'contract', 'metrics', 'REFERENCE.md')));

test('every metric is on it once', () => {
  for (const name of Object.keys(METRICS)) expect(metricsReference().split(`\n| \`${name}\` |`)).toHaveLength(2);
});

test('no metric is in two parts of the table', async () => {
  const parts = [
    (await import('../../agents/contract/metrics/ours.js')).OURS,
    (await import('../../agents/contract/metrics/foreign.js')).FOREIGN,
    (await import('../../agents/contract/metrics/recorded.js')).RECORDED,
  ];
  const names = parts.flatMap(part => Object.keys(part));
  expect(new Set(names).size).toBe(names.length);
});
