/** What a city costs on AWS, from its templates and a file of prices. Pure. */

import { PUSH_SECONDS } from '../../../agents/contract/cadence.js';
import { demandOf } from '../../city/capacity/demand.js';
import type { City } from '../../city/model.js';
import { InputError, type Problem } from '../../city/problem.js';
import type { AwsPosture } from '../../city/targets/aws/plan.js';
import { type CloudTemplate, type Synthesis, templatesOf } from '../app.js';
import type { Deployment } from '../plan/deployment.js';
import type { Prices } from './prices.js';
import { HOURS, type Item, type PricingContext, RULES } from './rules.js';

/** Dollars a month of one stack; by what is billed. */
interface StackCost {
  readonly stack: string;
  readonly dollars: number;
  readonly items: Readonly<Record<string, number>>;
}

export interface PostureCost {
  readonly posture: AwsPosture;
  readonly stacks: readonly StackCost[];
  /** The sum of the stacks. */
  readonly dollars: number;
}

/** Dollars a month of a deployment. @throws {InputError} with everything that has no price: a type of resource, a region, a database's class */
export function costOf(deployment: Deployment, prices: Prices, synthesis: Synthesis = templatesOf): PostureCost {
  const { city, primary, backup } = deployment;
  const problems: Problem[] = [];
  const stacks = [...synthesis(deployment)].map(([stack, template]) => {
    const place = stack.startsWith(`${primary.prefix}-`) ? primary : backup;
    const context = contextOf(city, prices, place === primary);
    return stackCost(stack, template, { context, prices, factor: factorOf(place.region, prices, problems), problems });
  });
  if (problems.length > 0) throw new InputError(uniquely(problems));
  return { posture: city.aws.posture, stacks, dollars: stacks.reduce((sum, { dollars }) => sum + dollars, 0) };
}

interface Costing {
  readonly context: Omit<PricingContext, 'resource'>;
  readonly prices: Prices;
  readonly factor: number;
  readonly problems: Problem[];
}

function stackCost(stack: string, { Resources }: CloudTemplate, { context, prices, factor, problems }: Costing): StackCost {
  const items: Record<string, number> = {};
  for (const { Type, Properties = {} } of Object.values(Resources)) {
    const rule = RULES[Type];
    if (rule === undefined)
      problems.push(unknown('resources', Type, 'no rule says what it costs', 'add a rule in infra/aws/cost/rules.ts'));
    if (typeof rule !== 'function') continue;
    for (const item of rule(Properties, { ...context, resource: id => Resources[id] })) {
      const name = 'price' in item ? item.price : item.database;
      items[name] = (items[name] ?? 0) + factor * item.quantity * priceOf(item, prices, problems);
    }
  }
  return { stack, items, dollars: Object.values(items).reduce((sum, dollars) => sum + dollars, 0) };
}

function priceOf(item: Item, { prices, databases }: Prices, problems: Problem[]): number {
  if ('price' in item) return prices[item.price];
  const price = databases[item.database];
  if (price === undefined) problems.push(unknown('databases', item.database, 'the prices do not have it', 'add its price for an hour'));
  return price ?? 0;
}

function factorOf(region: string, { regions }: Prices, problems: Problem[]): number {
  const factor = regions[region];
  if (factor === undefined) problems.push(unknown('regions', region, 'the prices do not have it', 'add by how much it is dearer, as 1.1'));
  return factor ?? 0;
}

const unknown = (section: string, name: string, message: string, hint: string): Problem => ({
  rule: 'unknown-price',
  path: `${section}.${name}`,
  message,
  hint,
});

const uniquely = (problems: readonly Problem[]): readonly Problem[] => [...new Map(problems.map(each => [each.path, each])).values()];

const SECONDS_OF_MONTH = HOURS * 3600;
/** Series of an agent, at most (see `citydc_agent_series` in the tests of the ward agent), and of all else at a site. */
const SERIES = { office: 100, site: 20_000 } as const;

function contextOf(city: Deployment['city'], { usage }: Prices, serves: boolean): Omit<PricingContext, 'resource'> {
  const series = city.endpoints.length * SERIES.office + SERIES.site;
  return {
    usage,
    databaseGib: city.aws.database.storageGib,
    trafficGib: serves ? trafficOf(city, usage.shareOfBusyHour) : 0,
    millionSamples: (series * SECONDS_OF_MONTH) / PUSH_SECONDS / 1e6,
  };
}

/** GiB a month between the offices and the systems, both ways. */
function trafficOf(city: City, share: number): number {
  const demand = demandOf(city);
  const busyBps = city.endpoints
    .map(demand)
    .flatMap(({ none, database }) => [none, database])
    .reduce((sum, { toSystemBps, toOfficeBps }) => sum + toSystemBps + toOfficeBps, 0);
  return (busyBps * share * SECONDS_OF_MONTH) / 8 / 2 ** 30;
}
