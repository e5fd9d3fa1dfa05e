import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';
import { type StateFolder, stateFolder } from '../lab/state-folder.js';
import type { Context } from './command.js';

/** Where the lab keeps everything: `CITYDC_STATE`, else the checkout's `.citydc`. */
export const stateOf = ({ env }: Pick<Context, 'env'>): StateFolder => stateFolder(env.CITYDC_STATE || join(packageRoot(), '.citydc'));
