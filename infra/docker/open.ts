import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import type { DockerHost } from '../city/targets/docker/docker-host.js';
import type { ActiveFault } from '../fabric/fabric.js';
import { hostsOff } from '../fabric/faults/lines.js';
import { locksOf } from '../fabric/locks/locks.js';
import type { OwnChecks, RunningCity } from '../fabric/realisation.js';
import { type CheckResult, checksOf } from '../fabric/steady-state.js';
import { topologyOf } from '../site/topology.js';
import type { Client } from './client.js';
import { byDockerHost, type ContainerState, isOn, isUnhealthy, listContainers } from './containers.js';
import { readDeployed } from './deployed.js';
import { type Docked, dockerFabric } from './fabric.js';
import { seatsOf, TUNNELS } from './seats.js';
import type { DockerState } from './state-folder.js';

/** The city on Docker hosts that was deployed from here. No Docker host is contacted yet. @throws {WorldError} when there is none */
export async function openDocker(state: DockerState, client: Client): Promise<RunningCity> {
  const { city } = await readDeployed(state);
  const docked = dockedIn(state, client, city);
  const { topology } = docked;
  return {
    city,
    topology,
    checks: checksOf(topology),
    fabric: dockerFabric(docked),
    drillsFolder: state.drills,
    ownChecks: faults => ownChecks(docked, faults),
  };
}

/** What the Fabric needs of a city, which may not have been deployed yet. */
export const dockedIn = (state: DockerState, client: Client, city: City): Docked => ({
  ...{ state, client },
  topology: topologyOf(city, TUNNELS),
  keeper: join(packageRoot(), 'dist', 'docker-keeper.js'),
});

/** What is known of one Docker host. */
interface DockerHostStanding {
  readonly dockerHost: string;
  readonly connect: string;
  /** Absent when it does not answer. */
  readonly containers?: readonly ContainerState[];
}

async function ownChecks(docked: Docked, faults: readonly ActiveFault[]): Promise<OwnChecks> {
  const { machines } = docked.topology;
  const groups = byDockerHost(
    seatsOf(docked.topology),
    machines.map(({ name }) => name),
  );
  const off = hostsOff(faults);
  const looked = await Promise.all([...groups].map(([dockerHost, hosts]) => look(docked, dockerHost, hosts, off)));
  return {
    results: [...looked.map(({ result }) => result), ...(await keeperResults(docked.state, faults))],
    facts: { dockerHosts: looked.map(({ facts }) => facts) },
  };
}

async function look(
  { client, topology }: Docked,
  dockerHost: DockerHost,
  hosts: readonly string[],
  off: ReadonlySet<string>,
): Promise<{ readonly result: CheckResult; readonly facts: DockerHostStanding }> {
  const { key, connect } = dockerHost;
  const check = `docker/${key}`;
  const facts = { dockerHost: key, connect };
  try {
    const containers = await listContainers(client, topology.city, dockerHost, hosts);
    return { result: { check, ...judged(connect, containers, off) }, facts: { ...facts, containers } };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { result: { check, state: 'unknown', detail: error.message }, facts };
  }
}

/** Docker checks health every two minutes only: a container that was not checked yet counts as healthy. Hosts that a fault keeps off are left out. */
function judged(connect: string, containers: readonly ContainerState[], off: ReadonlySet<string>): Pick<CheckResult, 'state' | 'detail'> {
  const ill = containers.filter(({ host }) => !off.has(host)).filter(container => !isOn(container) || isUnhealthy(container));
  if (ill.length === 0) return { state: 'ok', detail: `${connect}: ${containers.filter(isOn).length} containers run, none unhealthy` };
  const shown = ill.slice(0, 3).map(container => `${container.host} is ${isOn(container) ? 'unhealthy' : container.state}`);
  return { state: 'late', detail: `${shown.join('; ')}${ill.length > shown.length ? `; and ${ill.length - shown.length} more` : ''}` };
}

/** Without faults no keeper is needed. */
async function keeperResults(state: DockerState, faults: readonly ActiveFault[]): Promise<readonly CheckResult[]> {
  if (faults.length === 0) return [];
  const keeper = await locksOf(state.locks).askKeeper();
  return keeper === undefined
    ? [{ check: 'keeper', state: 'late', detail: 'no keeper runs for the active faults; `citydc --fabric docker fault heal` undoes them' }]
    : [{ check: 'keeper', state: 'ok', detail: `process ${keeper.pid}` }];
}
