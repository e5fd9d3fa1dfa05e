import { keep } from '../../fabric/keeper/keep.js';
import { topologyOf } from '../../site/topology.js';
import { readApplied } from '../applied.js';
import { labFabric } from '../fabric.js';
import { raiseStarted, type UsageSamples } from '../processors.js';
import type { StateFolder } from '../state-folder.js';
import { offerPages } from './pages.js';

const PACE = { tickMs: 250, idleMs: undefined };

/** Runs as the keeper of the lab: offers pages on 127.0.0.1, and heals faults when their time is up. */
export function keepLab(state: StateFolder, file: string, ending: AbortSignal, log: (text: string) => void): Promise<void> {
  const samples: UsageSamples = new Map();
  const fabricNow = async () => {
    const applied = await readApplied(state);
    if (applied === undefined) return undefined;
    const { machines, wires } = topologyOf(applied.city);
    return labFabric(state, { hosts: machines, wires });
  };
  const attend = async () => raiseStarted(state, samples, Date.now());
  return keep({ scope: state.locks, faults: state.faults, fabricNow, attend, pace: PACE, ending, log }, () => offerPages(state, file, log));
}
