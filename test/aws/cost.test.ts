/** What a city costs on AWS: laws that hold at any price, and what is refused. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { costOf, type PostureCost } from '../../infra/aws/cost/cost.js';
import { type Prices, pricesOf, readPrices } from '../../infra/aws/cost/prices.js';
import type { City } from '../../infra/city/model.js';
import { partOf } from '../../infra/city/part.js';
import { InputError } from '../../infra/city/problem.js';
import type { AwsPosture } from '../../infra/city/targets/aws/plan.js';
import { cost as renderCost } from '../../infra/cli/render/cost.js';
import { canTho, canTho2025, smallCity } from '../site/cities.js';
import { temporaryFolder } from '../temporary-folder.js';
import { deployed, synthesised } from './deployments.js';

const SHIPPED = readFileSync('infra/aws/prices.yaml', 'utf8');
const prices = pricesOf(SHIPPED, 'prices.yaml');
const cost = (city: City, posture: AwsPosture = 'pilot-light', with_: Prices = prices): PostureCost =>
  costOf(deployed(city, { posture }), with_, synthesised);

/** What is wrong, as the problems say. */
const refusal = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};

describe.each([smallCity, canTho, canTho2025])('$id', city => {
  test('every resource is priced or free, and the sum is that of the stacks and of what is billed', () => {
    const { stacks, dollars } = cost(city);
    const billed = stacks.flatMap(({ items }) => Object.values(items));
    expect(dollars).toBeCloseTo(billed.reduce((sum, each) => sum + each, 0));
    expect(dollars).toBeCloseTo(stacks.reduce((sum, each) => sum + each.dollars, 0));
    expect(billed.every(each => Number.isFinite(each) && each >= 0)).toBe(true);
  });

  test('a warm standby costs more than a pilot light, and only at the backup', () => {
    const [pilot, warm] = [cost(city), cost(city, 'warm-standby')];
    expect(warm.dollars).toBeGreaterThan(pilot.dollars);
    const differing = warm.stacks.filter(({ stack, dollars }) => pilot.stacks.find(each => each.stack === stack)?.dollars !== dollars);
    expect(differing.map(({ stack }) => stack)).toEqual(['can-tho-s2-data', 'can-tho-s2-applications-0']);
  });

  test('twice the prices are twice the cost; a district less never costs more', () => {
    const twice = Object.fromEntries(Object.entries(prices.prices).map(([name, dollars]) => [name, 2 * dollars])) as Prices['prices'];
    const databases = Object.fromEntries(Object.entries(prices.databases).map(([name, dollars]) => [name, 2 * dollars]));
    const { dollars } = cost(city);
    expect(cost(city, 'pilot-light', { ...prices, prices: twice, databases }).dollars).toBeCloseTo(2 * dollars);
    const [, ...others] = city.aggregations.map(({ number }) => number);
    expect(cost(partOf(city, new Set(others))).dollars).toBeLessThanOrEqual(dollars);
  });
});

test('circuits are priced, too', () => {
  const circuit = { kind: 'direct-connect' as const, node: 67 as never, connection: 'dxcon-fg123456', vlan: 100, asn: undefined };
  const aws = canTho.aws && { ...canTho.aws, handoffs: [circuit, ...canTho.aws.handoffs.filter(({ node }) => node !== 67)] };
  const [before, after] = [cost(canTho), cost({ ...canTho, aws })];
  expect(after.stacks.find(({ stack }) => stack === 'can-tho-s2-nodes-0')?.items['vpn-hour']).toBeLessThan(
    before.stacks.find(({ stack }) => stack === 'can-tho-s2-nodes-0')?.items['vpn-hour'] ?? 0,
  );
});

test('the table of the shipped city is as committed', async () => {
  const { files } = await renderCost({ city: canTho, locate: () => ({ file: '', line: 0, column: 0 }) }, {});
  expect(files.map(({ path }) => path)).toEqual(['cost.txt', 'cost.csv', 'cost.json']);
  await expect(files[0]?.content).toMatchFileSnapshot('../golden/cost/can-tho-2022.txt');
});

describe('prices', () => {
  test('that do not name a region or a database are refused, with all that is missing', () =>
    expect(refusal(() => cost(canTho, 'pilot-light', { ...prices, regions: { 'ap-southeast-1': 1 }, databases: {} })).toSorted()).toEqual([
      'databases.db.r7g.large: the prices do not have it',
      'regions.ap-southeast-7: the prices do not have it',
    ]));

  test.each([
    ['a price less', (text: string) => text.replace(/ {2}vpn-hour: .*\n/, ''), /^prices\.yaml: prices\.vpn-hour: /],
    ['a price that is no number', (text: string) => text.replace('vpn-hour: 0.05', 'vpn-hour: cheap'), /^prices\.yaml: prices\.vpn-hour: /],
    ['a price that nothing needs', (text: string) => text.replace('  vpn-hour', '  tea: 1\n  vpn-hour'), /tea/],
    ['another currency', (text: string) => text.replace('USD', 'EUR'), /^prices\.yaml: currency: /],
    ['no YAML', () => 'prices: [', /^prices\.yaml: /],
  ])('with %s are refused', (_, edit, message) =>
    expect(refusal(() => pricesOf(edit(SHIPPED), 'prices.yaml'))).toEqual([expect.stringMatching(message)]),
  );

  test('are taken from a file of one’s own, and refused where there is none', async () => {
    const file = join(temporaryFolder(), 'own.yaml');
    writeFileSync(file, SHIPPED.replace('vnd: 26300', 'vnd: 27000'));
    expect((await readPrices(file)).vnd).toBe(27_000);
    await expect(readPrices(`${file}.none`)).rejects.toThrow(/cannot be read: ENOENT/);
  });
});
