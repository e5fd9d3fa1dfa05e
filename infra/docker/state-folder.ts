import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { LockScope } from '../fabric/locks/locks.js';

/** As long as another command may take that starts a whole site, on Docker hosts that are far away. */
const FAULTS_DEADLINE_MS = 120_000;

/** Where this machine keeps what it must know of a city on Docker hosts. */
export interface DockerState {
  readonly root: string;
  /** What was deployed last. */
  readonly city: string;
  /** Folder of what is synthesised; the one of cdktf.json when the state folder is the checkout's own. */
  readonly out: string;
  readonly secrets: string;
  readonly images: string;
  readonly faults: string;
  readonly drills: string;
  readonly keeperLog: string;
  /** Apart from any other checkout's. */
  readonly locks: LockScope;
}

/** The paths below a state folder; nothing is created. */
export function dockerState(path: string): DockerState {
  const root = resolve(path);
  const folder = join(root, 'docker');
  const name = `citydc-docker-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  return {
    root,
    city: join(folder, 'city.json'),
    out: join(folder, 'cdktf.out'),
    secrets: join(root, 'secrets'),
    images: join(root, 'images'),
    faults: join(folder, 'faults'),
    drills: join(folder, 'drills'),
    keeperLog: join(folder, 'keeper.log'),
    locks: { runs: name, faults: name, faultsDeadlineMs: FAULTS_DEADLINE_MS, stateFolder: root },
  };
}
