/** What keeps a city from AWS: exact messages, all at once, before anything is synthesised. */

import { expect, test } from 'vitest';
import { deploymentOf, promisesOf } from '../../infra/aws/plan/deployment.js';
import type { City } from '../../infra/city/model.js';
import { formatProblem, InputError } from '../../infra/city/problem.js';
import { toyCity } from '../city/toy.js';
import { canTho } from '../site/cities.js';
import { templates } from './deployments.js';

const nowhere = () => undefined;
const toy = toyCity();
const plan = toy.aws as NonNullable<City['aws']>;
const [system] = toy.systems as [City['systems'][number]];

function refusal(city: City, choices: Readonly<Record<string, string>>): readonly string[] {
  try {
    deploymentOf(city, choices, nowhere);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(formatProblem);
    throw error;
  }
}

test('the toy city may be deployed', () => expect(refusal(toy, { account: '111122223333' })).toEqual([]));

test('an account is twelve digits, and there is one', () => {
  expect(refusal(toy, {})).toEqual([
    'aws.account: no account is given [missing-account]\n  hint: give the account to deploy to, as -c account=123456789012',
  ]);
  expect(refusal(toy, { account: '12' })).toEqual([
    "-c account: found '12', expected twelve digits [wrong-choice]\n  hint: as -c account=123456789012",
  ]);
});

test('an inventory without the section: what is missing is named', () =>
  expect(refusal({ ...toy, aws: undefined }, {})).toEqual([
    "aws: the inventory does not say what the city is on AWS [missing-target]\n  hint: add the section 'aws', as the shipped inventories have it",
  ]));

const promises = (city: City): readonly string[] => promisesOf(city, nowhere).map(formatProblem);
const promising = (rtoSeconds: number, rpoSeconds: number, posture: 'pilot-light' | 'warm-standby'): City => ({
  ...toy,
  systems: [{ ...system, objectives: { ...system.objectives, aws: { rtoSeconds, rpoSeconds } } }],
  aws: { ...plan, posture },
});

test('objectives that a posture cannot keep', () => {
  expect(promises(promising(700, 30, 'pilot-light'))).toEqual([
    "systems.1.objectives.aws.rtoSeconds: found 700, with pilot-light AWS keeps 900 at best for state 'database' [objective-beyond-target]\n  hint: choose the posture warm-standby, or loosen the objective",
    'systems.1.objectives.aws.rpoSeconds: found 30, AWS keeps 60 at best: its copy in the other region is asynchronous [objective-beyond-target]\n  hint: state a loss of 60 s or more',
  ]);
  expect(promises(promising(700, 60, 'warm-standby'))).toEqual([]);
  expect(promises(promising(599, 60, 'warm-standby'))).toEqual([
    "systems.1.objectives.aws.rtoSeconds: found 599, with warm-standby AWS keeps 600 at best for state 'database' [objective-beyond-target]\n  hint: loosen the objective",
  ]);
});

const withSystems = (count: number): City => {
  const { aws } = canTho;
  const [first] = aws?.systems ?? [];
  const numbers = Array.from({ length: count }, (_, index) => (index + 1) as typeof system.number);
  const systems = numbers.map(
    number => canTho.systems.find(each => each.number === number) ?? { ...system, number, key: `system-${number}` },
  );
  return { ...canTho, systems, aws: aws && first && { ...aws, systems: numbers.map(number => ({ ...first, system: number })) } };
};

test('fifty systems fit: no stack has more than 450 resources, and a system stays in its stack', () => {
  const many = withSystems(50);
  const large = templates({ ...many, aws: many.aws && { ...many.aws, quotas: { loadBalancers: 60 } } });
  expect([...large].map(([, { Resources }]) => Object.keys(Resources).length).filter(size => size > 450)).toEqual([]);
  expect([...large.keys()].filter(stack => stack.startsWith('can-tho-s1-applications-'))).toHaveLength(3);
  const first = [...large].filter(([stack]) => stack === 'can-tho-s1-applications-0');
  expect(Object.keys(first[0]?.[1].Resources ?? {}).some(id => id.startsWith('System24'))).toBe(true);
});

test('more than every account has is refused, unless the inventory states what AWS has raised', () => {
  expect(promises(withSystems(51)).filter(line => line.includes('quota'))).toEqual([
    "aws.quotas.loadBalancers: the city needs 52 network load balancers, the account has 50 [quota-exceeded]\n  hint: ask AWS to raise 'Network Load Balancers per Region', and state it as aws.quotas.loadBalancers",
    "aws.quotas.healthChecks: the city needs 204 health checks, the account has 200 [quota-exceeded]\n  hint: ask AWS to raise 'Health checks of Route 53', and state it as aws.quotas.healthChecks",
  ]);
  const large = withSystems(51);
  const raised = { ...large, aws: large.aws && { ...large.aws, quotas: { loadBalancers: 60, healthChecks: 300 } } };
  expect(promises(raised)).toEqual([]);
});

test('a circuit takes a hundred routes: the districts of the shipped city announce more', () => {
  const { aws } = canTho;
  const handoffs = (aws?.handoffs ?? []).map(({ node }) => ({
    kind: 'direct-connect' as const,
    node,
    connection: 'dxcon-0123abcd',
    vlan: node,
    asn: undefined,
  }));
  const refused = promises({ ...canTho, aws: aws && { ...aws, handoffs } });
  expect(refused).toContain(
    'aws.handoffs.66: n66 has 149 routes to announce, a circuit takes 100 [circuit-full]\n  hint: lead some of its offices to another node, or choose vpn: with one route more than it takes, AWS ends the BGP session',
  );
});

test('numbers that have no address on AWS', () => {
  const [handoff] = plan.handoffs as [(typeof plan.handoffs)[number]];
  const large = {
    ...toy,
    systems: [{ ...system, number: 223 as typeof system.number }],
    aws: { ...plan, handoffs: [{ ...handoff, node: 2591 as typeof handoff.node }] },
  };
  expect(promises(large)).toEqual([
    'systems.223: found number 223, on AWS at most 222: its load balancers have no address of their own [number-outside-target]\n  hint: take a free number below it',
    'aws.handoffs.2591: found number 2591, on AWS at most 2590: its tunnels have no address of their own [number-outside-target]\n  hint: take a free number below it',
  ]);
});

test('route tables and lines that are full', () => {
  const [office] = toy.endpoints as [City['endpoints'][number]];
  const many = Array.from({ length: 260 }, (_, index) => ({
    ...office,
    number: (300 + index) as typeof office.number,
    aggregation: 66 as typeof office.aggregation,
  }));
  expect(promises({ ...toy, endpoints: many, aws: { ...plan, routeTableQuota: 1000 } })).toEqual([
    "aws.routeTableQuota: 1048 routes of offices and nodes meet in a transit gateway's route table, which holds 1000 [route-table-full]\n  hint: ask AWS for a larger quota and state it as aws.routeTableQuota",
    'aws.handoffs.66: n66 has 1041 routes to announce, a VPN takes 1000 [vpn-full]\n  hint: lead some of its offices to another node',
  ]);
});

test('flows that no security group holds', () => {
  const flow = {
    from: ['office' as const],
    to: ['systems' as const],
    protocol: 'tcp' as const,
    over: 'data-network' as const,
    why: 'many',
  };
  const ports = Array.from({ length: 61 }, (_, index) => 1000 + 2 * index);
  expect(promises({ ...toy, flows: [{ ...flow, ports }] })).toEqual([
    "flows: the flows of 'system.portal' are 61 rules one way, a security group holds 60 [security-group-full]\n  hint: name fewer zones or wider ranges of ports",
  ]);
});
