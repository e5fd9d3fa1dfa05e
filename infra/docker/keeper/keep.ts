import type { ActiveFault } from '../../fabric/fabric.js';
import { endsOf, hostsOff } from '../../fabric/faults/lines.js';
import { type KeeperPace, type Keeping, keep } from '../../fabric/keeper/keep.js';
import { topologyOf } from '../../site/topology.js';
import type { Client } from '../client.js';
import { readDeployed } from '../deployed.js';
import { assertFaults, type Docked, dockerFabric } from '../fabric.js';
import { TUNNELS } from '../seats.js';
import { startTimes } from '../start-times.js';
import type { DockerState } from '../state-folder.js';

export interface DockerKeeping extends Pick<Keeping, 'ending' | 'log'> {
  readonly state: DockerState;
  readonly client: Client;
  readonly pace?: DockerPace;
}

interface DockerPace extends KeeperPace {
  /** Between two looks at whether containers were started anew. */
  readonly watchMs: number;
  /** All faults are set again after so long: a device that was made anew has lost them, too. */
  readonly sweepMs: number;
}
const PACE: DockerPace = { tickMs: 250, watchMs: 1000, sweepMs: 15_000, idleMs: 5000 };

/** Remains while faults are active: undoes them when their time is up, and sets them again where a container has lost them. */
export function keepDocker(keeping: DockerKeeping): Promise<void> {
  const { state, client, ending, log, pace = PACE } = keeping;
  const fabricNow = async () => dockerFabric(await dockedIn(state, client));
  return keep({ scope: state.locks, faults: state.faults, fabricNow, attend: attention(keeping, pace), pace, ending, log });
}

/** Sets faults again where containers have lost them. */
function attention({ state, client }: DockerKeeping, pace: DockerPace): (active: readonly ActiveFault[]) => Promise<void> {
  let known: ReadonlyMap<string, string> = new Map();
  let [watched, swept] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return async active => {
    if (active.length === 0 || performance.now() - watched < pace.watchMs) return;
    const docked = await dockedIn(state, client);
    const hosts = concernedBy(docked, active);
    const times = await startTimes(docked, hosts);
    const isSweep = performance.now() - swept > pace.sweepMs;
    const anew = hosts.filter(host => times.get(host) !== known.get(host));
    if (isSweep || anew.length > 0) await assertFaults(docked, isSweep ? undefined : new Set(anew));
    known = times;
    watched = performance.now();
    if (isSweep) swept = watched;
  };
}

const dockedIn = async (state: DockerState, client: Client): Promise<Docked> => ({
  ...{ state, client, keeper: '' },
  topology: topologyOf((await readDeployed(state)).city, TUNNELS),
});

const concernedBy = ({ topology: { wires, machines } }: Docked, active: readonly ActiveFault[]): readonly string[] => {
  const concerned = new Set([...hostsOff(active), ...endsOf(wires, active, active).map(({ host }) => host)]);
  return machines.map(({ name }) => name).filter(name => concerned.has(name));
};
