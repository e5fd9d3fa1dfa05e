import { join } from 'node:path';
import { costOf, type PostureCost } from '../../aws/cost/cost.js';
import { type Prices, readPrices } from '../../aws/cost/prices.js';
import { readableDeployment } from '../../aws/plan/deployment.js';
import type { LocatedCity } from '../../city/load/load.js';
import { packageRoot } from '../../city/load/read.js';
import { AWS_POSTURES, type AwsPosture } from '../../city/targets/aws/plan.js';
import type { FileBelow } from '../folder.js';
import { table } from '../table.js';

export interface CostOptions {
  /** A file of prices; the shipped one where absent. */
  readonly prices?: string;
}

/**
 * The cost of a city on AWS: `cost.txt` for people, `cost.csv` for a spreadsheet, `cost.json` for programs.
 *
 * @throws {InputError} when a price is missing, or the inventory cannot be deployed there
 */
export async function cost(located: LocatedCity, { prices: path }: CostOptions) {
  const prices = await readPrices(path ?? join(packageRoot(), 'infra', 'aws', 'prices.yaml'));
  const postures = AWS_POSTURES.map(posture => costOf(readableDeployment(withPosture(located, posture)), prices));
  const { date, source, assumed, currency, vnd } = prices;
  const value = { schema: 1, inventory: located.city.id, currency, vnd, prices: { date, source, assumed }, postures };
  const text = describe(located.city.id, postures, prices);
  const files: readonly FileBelow[] = [
    { path: 'cost.txt', content: text },
    { path: 'cost.csv', content: asCsv(postures) },
    { path: 'cost.json', content: `${JSON.stringify(value, undefined, 1)}\n` },
  ];
  return { files, text: `${text}\n`, facts: { postures } };
}

const withPosture = ({ city, ...located }: LocatedCity, posture: AwsPosture): LocatedCity => ({
  ...located,
  city: { ...city, aws: city.aws && { ...city.aws, posture } },
});

const rounded = (dollars: number): string => dollars.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');

function describe(id: string, postures: readonly PostureCost[], { date, source, assumed, vnd }: Prices): string {
  const dollarsOf = (posture: PostureCost, stack: string) => posture.stacks.find(each => each.stack === stack)?.dollars ?? 0;
  const row = (name: string, of: (posture: PostureCost) => number) => [name, ...postures.map(posture => rounded(of(posture)))];
  return [
    `${id} on AWS, US dollars`,
    table(
      ['a month', ...postures.map(({ posture }) => posture)],
      [
        ...stacksOf(postures).map(stack => row(stack, posture => dollarsOf(posture, stack))),
        row('all', ({ dollars }) => dollars),
        row('a year', ({ dollars }) => 12 * dollars),
        row('a year, million dong', ({ dollars }) => (12 * dollars * vnd) / 1e6),
      ],
    ),
    table(['what, a month', ...postures.map(({ posture }) => posture)], billed(postures)),
    `Prices: ${source} (${date})${assumed.length === 0 ? '' : `; assumed: ${assumed.includes('*') ? 'all of them' : assumed.join(', ')}`}.
Not counted: taxes, support, discounts for commitment, requests to buckets, circuits of carriers, and traffic to the Internet.
`,
  ].join('\n');
}

/** The dearest first. */
function billed(postures: readonly PostureCost[]): readonly (readonly string[])[] {
  const sums = postures.map(({ stacks }) => {
    const sum = new Map<string, number>();
    for (const { items } of stacks) for (const [name, dollars] of Object.entries(items)) sum.set(name, (sum.get(name) ?? 0) + dollars);
    return sum;
  });
  const names = [...new Set(sums.flatMap(sum => [...sum.keys()]))];
  const most = (name: string) => Math.max(...sums.map(sum => sum.get(name) ?? 0));
  return names.toSorted((a, b) => most(b) - most(a)).map(name => [name, ...sums.map(sum => rounded(sum.get(name) ?? 0))]);
}

const stacksOf = (postures: readonly PostureCost[]): readonly string[] => [
  ...new Set(postures.flatMap(({ stacks }) => stacks.map(({ stack }) => stack))),
];

const asCsv = (postures: readonly PostureCost[]): string =>
  [
    'posture,stack,what,dollars_a_month',
    ...postures.flatMap(({ posture, stacks }) =>
      stacks.flatMap(({ stack, items }) =>
        Object.entries(items).map(([what, dollars]) => `${posture},${stack},${what},${dollars.toFixed(2)}`),
      ),
    ),
    '',
  ].join('\n');
