import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

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
  /** Of the names that its processes hold, apart from any other checkout's. */
  readonly name: string;
}

/** The paths below a state folder; nothing is created. */
export function dockerState(path: string): DockerState {
  const root = resolve(path);
  const folder = join(root, 'docker');
  return {
    root,
    city: join(folder, 'city.json'),
    out: join(folder, 'cdktf.out'),
    secrets: join(root, 'secrets'),
    images: join(root, 'images'),
    faults: join(folder, 'faults'),
    drills: join(folder, 'drills'),
    keeperLog: join(folder, 'keeper.log'),
    name: `citydc-docker-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`,
  };
}
