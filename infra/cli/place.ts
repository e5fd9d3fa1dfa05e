import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StateFolder, stateFolder } from '../lab/state-folder.js';
import type { Context } from './command.js';

/** The checkout that this program was built in: sources and bundle lie at different depths below it. */
export function packageRoot(from = dirname(fileURLToPath(import.meta.url))): string {
  return existsSync(join(from, 'package.json')) || dirname(from) === from ? from : packageRoot(dirname(from));
}

/** Where the lab keeps everything: `CITYDC_STATE`, else the checkout's `.citydc`. */
export const stateOf = ({ env }: Pick<Context, 'env'>): StateFolder => stateFolder(env.CITYDC_STATE || join(packageRoot(), '.citydc'));
