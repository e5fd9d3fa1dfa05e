import { join } from 'node:path';
import type { LockScope } from '../fabric/locks/locks.js';
import { type StateRoot, stateRoot } from '../fabric/state-root.js';

/** As long as another command may take that starts a whole site, on Docker hosts that are far away. */
const FAULTS_DEADLINE_MS = 120_000;

/** Where this machine keeps what it must know of a city on Docker hosts. */
export interface DockerState extends StateRoot {
  /** What was deployed last. */
  readonly city: string;
  /** Folder of what is synthesised; the one of cdktf.json when the state folder is the checkout's own. */
  readonly out: string;
  readonly faults: string;
  readonly drills: string;
  readonly keeperLog: string;
  /** The private key that signs bundles; its public one is beside it. */
  readonly bundleKey: string;
  /** Apart from any other checkout's. */
  readonly locks: LockScope;
}

/** The paths below a state folder; nothing is created. */
export function dockerState(path: string): DockerState {
  const shared = stateRoot(path);
  const { root, digest } = shared;
  const folder = join(root, 'docker');
  const name = `citydc-docker-${digest}`;
  return {
    ...shared,
    city: join(folder, 'city.json'),
    out: join(folder, 'cdktf.out'),
    faults: join(folder, 'faults'),
    drills: join(folder, 'drills'),
    keeperLog: join(folder, 'keeper.log'),
    bundleKey: join(root, 'signing', 'bundle.key'),
    locks: { runs: name, perNetwork: false, faults: name, faultsDeadlineMs: FAULTS_DEADLINE_MS, stateFolder: root },
  };
}
