/** Templates, as lines that people read, against committed files; cfn-lint and moto read the whole. After a meant change: `npx vitest run test/aws/golden.test.ts -u`, and read the diff. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { monitorOf } from '../../infra/aws/plan/monitoring.js';
import { vpnRouter, vpnsOf } from '../../infra/aws/vpn/router.js';
import { AWS_POSTURES } from '../../infra/city/targets/aws/plan.js';
import { canTho, canTho2025, smallCity } from '../site/cities.js';
import { committed, GOLDEN } from '../site/golden.js';
import { deployed, templates } from './deployments.js';
import { digest, linesOf } from './lines.js';

const FOLDER = join(GOLDEN, 'aws');
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;

/** Of the toy city every resource is a line; its primary monitor's files and the routers of its nodes are committed whole. Of every city how large each stack is, and a digest. */
const toy = templates(smallCity);
const { city, primary, backup } = deployed(smallCity);
const routers = vpnsOf(city).map(handoff => vpnRouter(city, [primary, backup], handoff, () => ({})));
const GOLDENS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...toy].map(([stack, template]) => [`toy/${stack}.txt`, linesOf(template)] as const),
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
  test.each([...GOLDENS])('%s is as committed', (path, content) => expect(content).toMatchFileSnapshot(join(FOLDER, path)));

  test('nothing is committed that nothing renders: remove what is listed here', () =>
    expect(before.filter(path => !GOLDENS.has(path))).toEqual([]));
});
