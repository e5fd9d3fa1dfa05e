import { join } from 'node:path';
import { Argument } from 'commander';
import { DEFAULT_INVENTORY, packageRoot } from '../city/load/read.js';
import type { Context } from './command.js';

type Placed = Pick<Context, 'env'>;

/** The state folder: `CITYDC_STATE`, else the checkout's `.citydc`. */
export const rootOf = ({ env }: Placed): string => env.CITYDC_STATE || join(packageRoot(), '.citydc');

/** The argument of commands about one inventory. */
export const inventoryArgument = (): Argument =>
  new Argument('[inventory]', `a folder, or the name of a shipped inventory (default: CITYDC_INVENTORY, else ${DEFAULT_INVENTORY})`);

/** The inventory that a command is about. */
export const inventoryOf = ({ env }: Placed, given: string | undefined): string => given ?? (env.CITYDC_INVENTORY || DEFAULT_INVENTORY);

/** The command line that reaches the same city again, as `npx citydc --fabric docker`. */
export function callFor({ fabric, env }: Pick<Context, 'env' | 'fabric'>): string {
  // An installed bundle sets the path by which it was called.
  const call = env.CITYDC_CALL || 'npx citydc';
  return (env.CITYDC_FABRIC || 'lab') === fabric ? call : `${call} --fabric ${fabric}`;
}
