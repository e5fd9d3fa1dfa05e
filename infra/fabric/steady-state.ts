/**
 * "Is the city healthy?" as data: the one list of checks of `up`, `status` and drills. `observe.ts` answers it.
 */

import { inBoth } from '../city/addresses.js';
import { beforePort } from '../city/ip.js';
import { siteOf } from '../city/model.js';
import { NOTHING_FAILED } from '../city/routing/failure.js';
import { carriesRoutes } from '../city/routing/policy.js';
import { predictorOf } from '../city/routing/prediction.js';
import { type ExpectedRoute, expectedRoutes } from '../site/expected-routes.js';
import { PORT } from '../site/ports.js';
import { speaksBgp } from '../site/programs/frr.js';
import { patroniUrl } from '../site/programs/patroni.js';
import { STANZA } from '../site/programs/pgbackrest.js';
import { jobsOf } from '../site/programs/prometheus.js';
import { linkAddresses, type Machine, machinesOf, type Topology } from '../site/topology.js';

/** `late`: does not hold (yet). `unknown`: could not be read. */
type CheckState = 'ok' | 'late' | 'unknown';

/** What was found for one check. */
export interface CheckResult {
  /** The check's id, as `routes/n67`. */
  readonly check: string;
  readonly state: CheckState;
  /** What was found, for a person. */
  readonly detail: string;
}

/** One question about the running city; its fields say what must be found. */
export type Check = { readonly id: string } & (
  | { readonly kind: 'faults' }
  | { readonly kind: 'power'; readonly hosts: readonly string[] }
  | { readonly kind: 'routes'; readonly host: string; readonly peers: readonly string[]; readonly routes: readonly ExpectedRoute[] }
  | { readonly kind: 'quorum'; readonly members: readonly string[]; readonly urls: readonly string[] }
  | {
      readonly kind: 'database';
      readonly members: readonly { readonly host: string; readonly url: string }[];
      readonly leaders: readonly string[];
    }
  | {
      readonly kind: 'services';
      readonly from: string;
      readonly site: string;
      /** Each at its address in either family. */
      readonly systems: readonly { readonly key: string; readonly url: string }[];
    }
  | {
      readonly kind: 'scrapes';
      readonly host: string;
      readonly address: string;
      readonly targets: Readonly<Record<string, number>>;
      readonly probes: number;
    }
  | { readonly kind: 'agents'; readonly host: string; readonly address: string; readonly expected: number }
  | { readonly kind: 'archive'; readonly host: string; readonly stanza: string }
);

/** All checks of a city; in steady state every one holds. In the order in which a city comes up. */
export function checksOf(topology: Topology): readonly Check[] {
  const { machines } = topology;
  return [
    { id: 'faults', kind: 'faults' },
    { id: 'power', kind: 'power', hosts: machines.map(({ name }) => name) },
    ...routesChecks(topology),
    quorumCheck(topology),
    databaseCheck(topology),
    servicesCheck(topology),
    ...machinesOf(topology, 'monitor').map(machine => scrapesCheck(topology, machine)),
    ...machinesOf(topology, 'monitor').map(machine => agentsCheck(topology, machine)),
    ...machinesOf(topology, 'repository').map(
      ({ name }) => ({ id: `archive/${name}`, kind: 'archive', host: name, stanza: STANZA }) as const,
    ),
  ];
}

/** Routes as predicted while nothing is down, in both families. One BGP session per link carries both. */
function routesChecks(topology: Topology): readonly Check[] {
  const prediction = predictorOf(topology.city)(NOTHING_FAILED);
  return topology.machines.filter(speaksBgp).map(({ name, node }) => {
    const links = (topology.linksAt.get(node.number) ?? []).filter(carriesRoutes);
    return {
      id: `routes/${name}`,
      kind: 'routes',
      host: name,
      peers: links.map(link => linkAddresses(topology.plan, link, node.number).peer.v4),
      routes: expectedRoutes(topology, prediction, node.number),
    };
  });
}

function quorumCheck(topology: Topology): Check {
  const members = machinesOf(topology, 'etcd');
  return {
    id: 'quorum',
    kind: 'quorum',
    members: members.map(({ name }) => name),
    urls: members.map(({ name }) => `https://${name}:${PORT.etcdMetrics}/health`),
  };
}

function databaseCheck(topology: Topology): Check {
  const members = machinesOf(topology, 'database');
  const primary = siteOf(topology.city, 'primary')?.number;
  return {
    id: 'database',
    kind: 'database',
    members: members.map(({ name }) => ({ host: name, url: patroniUrl(name) })),
    leaders: members.filter(({ node }) => node.number === primary).map(({ name }) => name),
  };
}

/** Asked from one office: whether every office is reached is what the probes measure. */
function servicesCheck(topology: Topology): Check {
  const from = machinesOf(topology, 'office')[0]?.name ?? '';
  const systems = topology.city.systems.flatMap(({ key, number, port }) =>
    inBoth(family => ({ key, url: `http://${beforePort(topology.plan.service(number)[family])}:${port}/ready` })),
  );
  return { id: 'services', kind: 'services', from, site: `s${siteOf(topology.city, 'primary')?.number}`, systems };
}

function scrapesCheck(topology: Topology, machine: Machine): Check {
  const { name, address } = machine;
  const jobs = jobsOf(topology, machine);
  const count = (groups: readonly { readonly targets: readonly string[] }[]) =>
    groups.reduce((sum, { targets }) => sum + targets.length, 0);
  return {
    id: `scrapes/${name}`,
    kind: 'scrapes',
    host: name,
    address: `${address.v4}:${PORT.prometheus}`,
    targets: Object.fromEntries(jobs.map(job => [job.name, count(job.groups)])),
    probes: jobs.filter(({ probe }) => probe !== undefined).reduce((sum, { groups }) => sum + count(groups), 0),
  };
}

/** This site has fresh samples of every office's agent. */
const agentsCheck = ({ city }: Topology, { name, address }: Machine): Check => ({
  id: `agents/${name}`,
  kind: 'agents',
  host: name,
  address: `${address.v4}:${PORT.prometheus}`,
  expected: city.endpoints.length,
});
