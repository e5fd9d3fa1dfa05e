import { join } from 'node:path';
import type { KeeperProgram } from '../fabric/keeper/start.js';
import type { LockScope } from '../fabric/locks/locks.js';
import { type StateRoot, stateRoot } from '../fabric/state-root.js';

/** A command that starts a whole site takes seconds. */
const FAULTS_DEADLINE_MS = 60_000;

/** Every path of the lab on this machine. Nothing is stored outside this folder. */
export interface StateFolder extends StateRoot {
  readonly drills: string;
  /** All that `down` removes. */
  readonly city: string;
  readonly phase: string;
  readonly applied: string;
  readonly faults: string;
  /** Holds a file for every host that was started while others serve and has not settled yet. */
  readonly starting: string;
  /** Holds every host's folder. */
  readonly hosts: string;
  readonly bundles: string;
  readonly runc: string;
  readonly keeperLog: string;
  readonly pages: string;
  /** The token of the pages, and whether they may be written. */
  readonly pageAccess: string;
  /** The parent of the containers' control groups, apart from any other checkout's. */
  readonly cgroup: string;
  /** One city per machine, or network namespace of it: the locks of its keeper and of `up` and `down` are shared by all state folders. */
  readonly locks: LockScope;
  namespace(host: string): string;
  /** A host's folder: its runc bundle, with `upper` (its own files) and `root` (its mounted root). */
  host(name: string): string;
}

/** The paths below a state folder; nothing is created. */
export function stateFolder(path: string): StateFolder {
  const shared = stateRoot(path);
  const { root, digest } = shared;
  const city = join(root, 'city');
  const hosts = join(city, 'hosts');
  const cgroup = `/citydc-${digest}`;
  return {
    ...shared,
    drills: join(root, 'drills'),
    city,
    phase: join(city, 'phase.json'),
    applied: join(city, 'applied.json'),
    faults: join(city, 'faults'),
    starting: join(city, 'starting'),
    hosts,
    bundles: join(city, 'bundles'),
    runc: join(city, 'runc'),
    keeperLog: join(city, 'keeper.log'),
    pages: join(city, 'pages.json'),
    pageAccess: join(city, 'page-access.json'),
    cgroup,
    locks: { runs: 'citydc', perNetwork: true, faults: `citydc${cgroup}`, faultsDeadlineMs: FAULTS_DEADLINE_MS, stateFolder: root },
    namespace: host => join(city, 'namespaces', host),
    host: name => join(hosts, name),
  };
}

/** The keeper of a state folder's city, without the path of its program. */
export const keeperOf = ({ root, keeperLog, locks }: StateFolder): Omit<KeeperProgram, 'file'> => ({
  scope: locks,
  words: ['keep', root],
  log: keeperLog,
});
