/** Whole templates against committed files. After a meant change: `npx vitest run test/aws/golden.test.ts -u`, and read the diff. */

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { monitorOf } from '../../infra/aws/plan/monitoring.js';
import { vpnRouter, vpnsOf } from '../../infra/aws/vpn/router.js';
import { AWS_POSTURES } from '../../infra/city/targets/aws/plan.js';
import { canTho, canTho2025, smallCity } from '../site/cities.js';
import { committed, GOLDEN } from '../site/golden.js';
import { deployed, templates } from './deployments.js';

const FOLDER = join(GOLDEN, 'aws');
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Of the toy city every template is committed whole, its primary monitor's files and the routers of its nodes; of the others how large each stack is, and a digest. */
const toy = templates(smallCity);
const { city, primary, backup } = deployed(smallCity);
const routers = vpnsOf(city).map(handoff => vpnRouter(city, [primary, backup], handoff, () => ({})));
const WHOLE: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...toy].map(([stack, template]) => [`toy/${stack}.json`, json(template)] as const),
  ...monitorOf(city, primary).files.map(({ path, content }) => [`toy/monitor-s1/${path}`, content] as const),
  ...routers.flatMap(({ name, files }) => files.map(({ path, content }) => [`toy/vpn-peer/${name}${path}`, content] as const)),
  ...[smallCity, canTho, canTho2025].flatMap(each =>
    AWS_POSTURES.map(posture => [`${each.id}-${posture}.json`, json(Object.fromEntries([...templates(each, posture)].map(row)))] as const),
  ),
]);

function row([stack, template]: readonly [string, { readonly Resources: object }]) {
  return [stack, { resources: Object.keys(template.Resources).length, digest: digest(template) }] as const;
}

mkdirSync(FOLDER, { recursive: true });
const before = committed(FOLDER).filter(path => path !== 'acknowledged.md');

describe('templates', () => {
  test.each([...WHOLE])('%s is as committed', (path, content) => expect(content).toMatchFileSnapshot(join(FOLDER, path)));

  test('nothing is committed that nothing renders: remove what is listed here', () =>
    expect(before.filter(path => !WHOLE.has(path))).toEqual([]));
});
