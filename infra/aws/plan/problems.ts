/** Objectives and sizes of an inventory that AWS cannot keep. Pure. */

import type { City, System } from '../../city/model.js';
import type { Position, Problem } from '../../city/problem.js';
import type { AwsPlan, AwsPosture } from '../../city/targets/aws/plan.js';
import { mostRules, RULES_A_GROUP } from './admission.js';
import { MOST_SYSTEMS, MOST_VPN_NODES } from './names.js';
import { exceededQuotas } from './quotas.js';
import { fullestTable, ROUTES_A_CIRCUIT, ROUTES_A_VPN, routesOver } from './routes.js';

type Locate = (path: string) => Position | undefined;
type Deployable = City & { readonly aws: AwsPlan };

/**
 * The shortest outage that a posture can promise, seconds: an alarm (60) and a health check (30) notice it, a record lives 10 s; a task
 * that is not running yet starts within two minutes; a replica is promoted within minutes, of which AWS states no number.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
 */
const LEAST_RTO_SECONDS = {
  'pilot-light': { none: 300, database: 900 },
  'warm-standby': { none: 120, database: 600 },
} as const satisfies Record<AwsPosture, Record<System['state'], number>>;

/** A replica's lag is measured once a minute: a promise of less could not be checked. */
const LEAST_RPO_SECONDS = 60;

/** Everything that keeps a city from AWS, at once. */
export const keptPromises = (city: Deployable, locate: Locate): readonly Problem[] =>
  [...objectives(city), ...numbers(city), ...routes(city), ...quotas(city), ...rules(city)].map(problem => {
    const at = locate(problem.path);
    return at === undefined ? problem : { ...problem, at };
  });

function objectives({ systems, aws: { posture } }: Deployable): readonly Problem[] {
  return systems.flatMap(({ number, state, objectives }) => {
    const { rtoSeconds, rpoSeconds } = objectives.aws;
    const least = LEAST_RTO_SECONDS[posture][state];
    const path = `systems.${number}.objectives.aws`;
    return [
      ...(rtoSeconds < least
        ? [
            beyond(
              `${path}.rtoSeconds`,
              `found ${rtoSeconds}, with ${posture} AWS keeps ${least} at best for state '${state}'`,
              looser(posture, state, rtoSeconds),
            ),
          ]
        : []),
      ...(state === 'database' && rpoSeconds < LEAST_RPO_SECONDS
        ? [
            beyond(
              `${path}.rpoSeconds`,
              `found ${rpoSeconds}, AWS keeps ${LEAST_RPO_SECONDS} at best: its copy in the other region is asynchronous`,
              `state a loss of ${LEAST_RPO_SECONDS} s or more`,
            ),
          ]
        : []),
    ];
  });
}

const beyond = (path: string, message: string, hint: string): Problem => ({ rule: 'objective-beyond-target', path, message, hint });

const looser = (posture: AwsPosture, state: System['state'], wanted: number): string =>
  posture === 'pilot-light' && wanted >= LEAST_RTO_SECONDS['warm-standby'][state]
    ? 'choose the posture warm-standby, or loosen the objective'
    : 'loosen the objective';

/** Addresses in an edge subnet and inside tunnels are made of numbers, and there are only so many. */
const numbers = ({ systems, aws }: Deployable): readonly Problem[] => [
  ...systems
    .filter(({ number }) => number > MOST_SYSTEMS)
    .map(({ number }) => tooLarge(`systems.${number}`, number, MOST_SYSTEMS, 'its load balancers have no address of their own')),
  ...aws.handoffs
    .filter(({ kind, node }) => kind === 'vpn' && node > MOST_VPN_NODES)
    .map(({ node }) => tooLarge(`aws.handoffs.${node}`, node, MOST_VPN_NODES, 'its tunnels have no address of their own')),
];

const tooLarge = (path: string, number: number, most: number, why: string): Problem => ({
  rule: 'number-outside-target',
  path,
  message: `found number ${number}, on AWS at most ${most}: ${why}`,
  hint: 'take a free number below it',
});

function routes(city: Deployable): readonly Problem[] {
  const { aws } = city;
  const most = fullestTable(city);
  const full: Problem = {
    rule: 'route-table-full',
    path: 'aws.routeTableQuota',
    message: `${most} routes of offices and nodes meet in a transit gateway's route table, which holds ${aws.routeTableQuota}`,
    hint: 'ask AWS for a larger quota and state it as aws.routeTableQuota',
  };
  const crowded = aws.handoffs
    .map(({ kind, node }) => ({ node, kind, routes: routesOver(city, node), ...LINES[kind] }))
    .filter(({ routes: count, most: takes }) => count > takes)
    .map(
      ({ node, rule, what, routes: count, most: takes, hint }): Problem => ({
        rule,
        path: `aws.handoffs.${node}`,
        message: `n${node} has ${count} routes to announce, ${what} takes ${takes}`,
        hint,
      }),
    );
  return [...(most > aws.routeTableQuota ? [full] : []), ...crowded];
}

const LINES = {
  vpn: { rule: 'vpn-full', what: 'a VPN', most: ROUTES_A_VPN, hint: 'lead some of its offices to another node' },
  'direct-connect': {
    rule: 'circuit-full',
    what: 'a circuit',
    most: ROUTES_A_CIRCUIT,
    hint: 'lead some of its offices to another node, or choose vpn: with one route more than it takes, AWS ends the BGP session',
  },
} as const;

/** A city that needs more than every account has states what AWS has raised. */
const quotas = (city: Deployable): readonly Problem[] =>
  exceededQuotas(city).map(({ name, what, has, needs, raised }) => ({
    rule: 'quota-exceeded',
    path: `aws.quotas.${name}`,
    message: `the city needs ${needs} ${what}, the account has ${has}`,
    hint: `ask AWS to raise '${raised}', and state it as aws.quotas.${name}`,
  }));

function rules(city: Deployable): readonly Problem[] {
  const { zone, count } = mostRules(city);
  if (count <= RULES_A_GROUP) return [];
  return [
    {
      rule: 'security-group-full',
      path: 'flows',
      message: `the flows of '${zone}' are ${count} rules one way, a security group holds ${RULES_A_GROUP}`,
      hint: 'name fewer zones or wider ranges of ports',
    },
  ];
}
