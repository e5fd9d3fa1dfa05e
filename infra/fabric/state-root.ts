import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** What both realisations keep in a state folder, and eight digits that distinguish it from any other checkout's. Nothing is created. */
export interface StateRoot {
  readonly root: string;
  readonly images: string;
  readonly secrets: string;
  readonly digest: string;
}

export function stateRoot(path: string): StateRoot {
  const root = resolve(path);
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return { root, images: join(root, 'images'), secrets: join(root, 'secrets'), digest };
}
