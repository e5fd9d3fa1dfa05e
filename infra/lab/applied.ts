import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { own } from '../../agents/contract/json.js';
import { replace } from '../../agents/contract/replace.js';
import { readJson } from '../city/json.js';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import type { BundleDigests } from '../fabric/convergence/changes.js';
import type { Host, Wire } from '../site/host.js';
import type { StateFolder } from './state-folder.js';

/** What was done last to the city. `creating` or `removing` when no such command runs: it was killed before its end. */
export interface Phase {
  readonly schema: 1;
  readonly phase: 'creating' | 'running' | 'removing';
  readonly image: string;
}

/** What the running city was made from. */
export interface Applied {
  readonly schema: 1;
  /** A folder or name, as the operator gave it. */
  readonly inventory: string;
  readonly city: City;
  readonly wires: readonly Wire[];
  /** The bundles from which the running agents were started. */
  readonly bundles: BundleDigests;
}

/** The stored phase; undefined when there is no city. This and the following: @throws {WorldError} when a file cannot be read */
export const readPhase = (state: StateFolder): Promise<Phase | undefined> => readOwn<Phase>(state.phase);
export const writePhase = (state: StateFolder, phase: Omit<Phase, 'schema'>): Promise<void> =>
  replace(state.phase, JSON.stringify({ schema: 1, ...phase }));
export const readApplied = (state: StateFolder): Promise<Applied | undefined> => readOwn<Applied>(state.applied);
export const writeApplied = (state: StateFolder, applied: Omit<Applied, 'schema'>): Promise<void> =>
  replace(state.applied, JSON.stringify({ schema: 1, ...applied }));

/** A host as it was last applied: stored when all its files are applied. Undefined when it was never finished. */
export const readAppliedHost = (state: StateFolder, name: string): Promise<Host | undefined> =>
  readOwn<Host>(join(state.host(name), 'host.json'));
export const writeAppliedHost = (state: StateFolder, host: Host): Promise<void> =>
  replace(join(state.host(host.name), 'host.json'), JSON.stringify(host));

/** Names of the hosts that have a folder, finished or not. */
export const foldersOfHosts = (state: StateFolder): Promise<readonly string[]> => readdir(state.hosts).catch(() => []);

const HINT = 'if it is damaged, `citydc down` removes it';
const ROOT_HINT = 'the state folder is open to root alone: run the command as root (for example with sudo)';

async function readOwn<T extends object>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw new WorldError(`cannot read ${path}`, { cause, hint: cause.code === 'EACCES' ? ROOT_HINT : HINT });
  });
  return text === undefined ? undefined : readJson(own<T>(), text, path, HINT);
}
