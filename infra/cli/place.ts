import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';
import { type DockerState, dockerState } from '../docker/state-folder.js';
import { type StateFolder, stateFolder } from '../lab/state-folder.js';
import type { Context } from './command.js';

type Placed = Pick<Context, 'env'>;

/** Where everything is kept: `CITYDC_STATE`, else the checkout's `.citydc`. */
const rootOf = ({ env }: Placed): string => env.CITYDC_STATE || join(packageRoot(), '.citydc');

export const stateOf = (context: Placed): StateFolder => stateFolder(rootOf(context));
export const dockerStateOf = (context: Placed): DockerState => dockerState(rootOf(context));

/** Where the evidence of drills is kept: of each fabric apart. */
export const drillsFolderOf = (context: Pick<Context, 'env' | 'fabric'>): string =>
  context.fabric === 'docker' ? dockerStateOf(context).drills : stateOf(context).drills;

/** How a person calls the command for the same city again. */
export const callFor = ({ fabric, env }: Pick<Context, 'env' | 'fabric'>): string =>
  fabric === 'lab' || env.CITYDC_FABRIC === fabric ? 'npx citydc' : `npx citydc --fabric ${fabric}`;
