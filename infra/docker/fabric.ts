import type { ActiveFault, Fabric } from '../fabric/fabric.js';
import { type FaultContext, faultMethods, requireHost, withFaultsLocked } from '../fabric/faults/inject.js';
import { endsOf, hostsOff } from '../fabric/faults/lines.js';
import { readFaults } from '../fabric/faults/store.js';
import { ensureKeeper } from '../fabric/keeper/start.js';
import { locksOf } from '../fabric/locks/locks.js';
import { signalProcess } from '../fabric/supervised.js';
import type { Topology } from '../site/topology.js';
import type { Client } from './client.js';
import { byDockerHost, isOn, listContainers } from './containers.js';
import { attach, exec, type Place, readFile, start } from './exec.js';
import { dockerFaultMeans, type FaultTargets } from './fault-means.js';
import { type Seat, seatsOf } from './seats.js';
import type { DockerState } from './state-folder.js';

export interface Docked {
  readonly state: DockerState;
  /** Of the deployed city, with its tunnels. */
  readonly topology: Topology;
  readonly client: Client;
  /** The built keeper: while faults are active, it sets them again where they are lost, and heals them in time. */
  readonly keeper: string;
}

/** A city on Docker hosts as a Fabric: hosts are containers, lines are tunnels between them. */
export function dockerFabric(docked: Docked): Fabric {
  const { city, machines } = docked.topology;
  const targets = targetsOf(docked);
  const fabric: Fabric = {
    kind: 'docker',
    hosts: async () => {
      const names = machines.map(({ name }) => name);
      const lists = [...byDockerHost(targets.seats, names)].map(([dockerHost, here]) =>
        listContainers(docked.client, city, dockerHost, here),
      );
      const power = new Map((await Promise.all(lists)).flat().map(state => [state.host, isOn(state) ? 'on' : 'off'] as const));
      return names.map(name => ({ name, power: power.get(name) ?? 'off' }));
    },
    exec: (host, command, options) => exec(targets.placeOf(host), command, options),
    start: (host, command) => start(targets.placeOf(host), command),
    attach: (host, command) => attach(targets.placeOf(host), command),
    readFile: (host, path) => readFile(targets.placeOf(host), path),
    signal: (...words) => signalProcess(fabric, ...words),
    ...faultMethods(faultContextOf(docked, targets)),
  };
  return fabric;
}

/**
 * Sets the active faults on hosts again: a container that was restarted has lost them. They are read when the lock is held.
 *
 * @param concerned the hosts to look at; all when absent
 * @returns the active faults
 */
export function assertFaults(docked: Docked, concerned?: ReadonlySet<string>): Promise<readonly ActiveFault[]> {
  const targets = targetsOf(docked);
  const context = faultContextOf(docked, targets);
  const isMeant = (host: string) => targets.seats.has(host) && (concerned?.has(host) ?? true);
  return withFaultsLocked(context, async () => {
    const active = await readFaults(context.folder);
    await context.means.powerOff([...hostsOff(active)].filter(isMeant));
    await context.means.setLines(endsOf(targets.wires, active, active).filter(({ host }) => isMeant(host)));
    return active;
  });
}

function targetsOf({ topology, client }: Docked): FaultTargets {
  const { city, wires, machines } = topology;
  const seats = seatsOf(topology);
  const placeOf = (host: string): Place => {
    const { dockerHost } = seats.get(requireHost({ hosts: machines, wires }, host)) as Seat; // every machine has one
    return { client, city, dockerHost, host };
  };
  return { client, city, wires, seats, placeOf };
}

const faultContextOf = ({ state, topology, keeper }: Docked, targets: FaultTargets): FaultContext => ({
  folder: state.faults,
  cabling: { hosts: topology.machines, wires: topology.wires },
  means: {
    ...dockerFaultMeans(targets),
    requireKeeper: () => ensureKeeper({ scope: state.locks, file: keeper, words: [state.root], log: state.keeperLog }),
  },
  hold: () => locksOf(state.locks).holdFaults(),
});
