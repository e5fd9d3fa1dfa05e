import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../city/load/read.js';
import { InputError, type Problem } from '../../city/problem.js';
import type { WantedCity } from '../../fabric/realisation.js';
import { differing, digestsOf } from '../bundle/digests.js';
import { type Bundle, bundleIn, IN_BUNDLE } from '../bundle/layout.js';
import type { StackSource } from './stack.js';

/** The bundle that this program was installed with; undefined in a checkout. */
export const installedBundle = (): Bundle | undefined => bundleIn(packageRoot());

type WantedPart = Pick<WantedCity, 'inventory' | 'districts'>;

/** A stack that is made from an inventory, by the program that loads cdktf. */
export const stackOfInventory = (wanted: WantedPart): StackSource & { readonly from: 'inventory' } => ({
  from: 'inventory',
  ...wanted,
  program: join(packageRoot(), 'dist', 'stack.js'),
});

export interface WantedStack extends WantedPart {
  /** The tag of another image than this program makes; empty: its own, whatever was chosen before. */
  readonly image: string | undefined;
}

/**
 * Where a city's stack comes from: an installed bundle contains it, a checkout makes it from an inventory.
 *
 * @throws {InputError} when options request what the bundle does not hold
 */
export async function stackSource({ image: tag, ...wanted }: WantedStack): Promise<StackSource> {
  const bundle = installedBundle();
  if (bundle === undefined) return stackOfInventory(wanted);
  await refuseOtherThan(bundle, { ...wanted, image: tag });
  const { manifest, stack: folder, image: archive, plugins } = bundle;
  return { from: 'bundle', folder, image: { tag: manifest.image, archive }, plugins };
}

/** Refuses options that a bundle cannot follow: it deploys what was packed. @throws {InputError} with all of them */
export async function refuseOtherThan(bundle: Bundle, { inventory, districts, image }: WantedStack): Promise<void> {
  const { city, districts: held, image: tag } = bundle.manifest;
  const own = await isSame(inventory, bundle.inventory);
  const edited = own ? await editedOf(bundle) : [];
  const problems = [
    ...(own ? [] : [refusal(inventory, `this bundle holds the inventory ${city} that it was made of, and deploys that`, 'name no other')]),
    ...(edited.length === 0 ? [] : [refusal(IN_BUNDLE.inventory, changedSince(edited), 'install this one again')]),
    ...(districts === ''
      ? []
      : [
          refusal(
            '--districts',
            `this bundle holds ${held === '' ? 'all of the city' : `the districts ${held}`}, and deploys that`,
            'leave it away',
          ),
        ]),
    ...(image === undefined || image === ''
      ? []
      : [refusal('--image', `this bundle holds image ${tag}, and deploys that`, 'leave it away')]),
  ];
  if (problems.length > 0) throw new InputError(problems);
}

const refusal = (path: string, message: string, otherwise: string): Problem => ({
  rule: 'bundle',
  path,
  message,
  hint: `change it where the checkout is, make a new bundle and install that; or ${otherwise}`,
});

const changedSince = (paths: readonly string[]): string =>
  `${paths.slice(0, 3).join(', ')} ${paths.length === 1 ? 'is' : 'are'} not as packed: the stack, made before, would not have the change`;

async function isSame(one: string, other: string): Promise<boolean> {
  const [found, wanted] = await Promise.all([one, other].map(path => realpath(path).catch(() => undefined)));
  return found !== undefined && found === wanted;
}

/** Files of the inventory that are not as they were packed. */
async function editedOf({ manifest, inventory }: Bundle): Promise<readonly string[]> {
  const below = `${IN_BUNDLE.inventory}/`;
  const packed = Object.entries(manifest.files).flatMap(([path, digest]) =>
    path.startsWith(below) ? [[path.slice(below.length), digest] as const] : [],
  );
  return differing(Object.fromEntries(packed), await digestsOf(inventory));
}
