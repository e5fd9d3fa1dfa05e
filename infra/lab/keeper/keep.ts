import { setTimeout as pause } from 'node:timers/promises';
import { readFaults } from '../../fabric/faults/store.js';
import { topologyOf } from '../../site/topology.js';
import { readApplied } from '../applied.js';
import { labFabric } from '../fabric.js';
import { type Looks, raiseStarted } from '../processors.js';
import { becomeKeeper } from '../single.js';
import type { StateFolder } from '../state-folder.js';
import { offerPages } from './pages.js';

const TICK_MS = 250;

/**
 * What lives on while a city runs: the pages on 127.0.0.1, and the dead man's timers of faults.
 *
 * It holds nothing that is not in the state folder, so it may die at any time and be started again.
 */
export async function keep(state: StateFolder, file: string, ending: AbortSignal, log: (text: string) => void): Promise<void> {
  const server = await becomeKeeper(state);
  const pages = await offerPages(state, file, log);
  const looks: Looks = new Map();
  while (!ending.aborted) {
    raiseStarted(state, looks, Date.now());
    await healOverdue(state, log).catch(error => log(`a fault could not be undone, trying again: ${error}`));
    await pause(TICK_MS, undefined, { signal: ending }).catch(() => undefined);
  }
  await pages.close();
  server.close();
}

async function healOverdue(state: StateFolder, log: (text: string) => void): Promise<void> {
  const now = new Date().toISOString();
  const overdue = (await readFaults(state.faults)).filter(({ healBy }) => healBy !== undefined && healBy <= now);
  const applied = overdue.length === 0 ? undefined : await readApplied(state);
  if (applied === undefined) return;
  const { machines, wires } = topologyOf(applied.city);
  const healed = await labFabric(state, { hosts: machines, wires }).heal(overdue.map(({ id }) => id));
  log(`undone by the dead man's timer: ${healed.map(({ id, by }) => `${id} of ${by}`).join(', ')}`);
}
