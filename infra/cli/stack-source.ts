import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';
import { InputError } from '../city/problem.js';
import { type Bundle, bundleIn } from '../docker/bundle/layout.js';
import type { StackSource } from '../docker/deploy/stack.js';

/** The bundle that this program was installed with; undefined in a checkout. */
export const installedBundle = (): Bundle | undefined => bundleIn(packageRoot());

export interface Wanted {
  readonly inventory: string;
  /** Aggregation nodes of a part of the city; empty: all of it. */
  readonly districts: string;
}

/** cdktf makes a city's stack of its inventory, by a program of its own. */
export const stackOfInventory = (wanted: Wanted): StackSource & { readonly from: 'inventory' } => ({
  from: 'inventory',
  ...wanted,
  program: join(packageRoot(), 'dist', 'stack.js'),
});

/**
 * Where a city's stack comes from: an installed bundle has it ready, a checkout makes it of an inventory.
 *
 * @throws {InputError} when a bundle is asked for another part of its city
 */
export function stackSource(wanted: Wanted): StackSource {
  const bundle = installedBundle();
  if (bundle === undefined) return stackOfInventory(wanted);
  const { manifest, stack: folder, image: archive, plugins } = bundle;
  if (wanted.districts !== '')
    throw new InputError([
      {
        rule: 'bundle',
        path: '--districts',
        message: `this bundle holds ${manifest.districts === '' ? 'all of the city' : `the districts ${manifest.districts}`}, and deploys that`,
        hint: 'leave --districts away, or make another bundle where the checkout is',
      },
    ]);
  return { from: 'bundle', folder, image: { tag: manifest.image, archive }, plugins };
}
