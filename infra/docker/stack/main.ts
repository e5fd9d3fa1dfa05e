/**
 * What `cdktf synth`, `cdktf deploy` and `citydc --fabric docker up` run: writes the stack of a city, and makes its secrets.
 *
 * CITYDC_INVENTORY names the inventory, CITYDC_DISTRICTS the aggregation nodes that a staging city has (`n67 n73`; absent: all),
 * CITYDC_STATE the folder that keeps secrets and terraform's state, CITYDC_IMAGE the tag of another image than the recipe's,
 * CITYDC_PROTECT=0 lets volumes with data be destroyed.
 */

import { join } from 'node:path';
import { dayAt } from '../../city/day.js';
import { visible } from '../../city/hidden.js';
import { load } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, packageRoot, readInventory } from '../../city/load/read.js';
import { partNamed } from '../../city/part.js';
import { InputError } from '../../city/problem.js';
import { wantedImage } from '../../image/build.js';
import { synthesise } from './synthesise.js';

const {
  CITYDC_INVENTORY = DEFAULT_INVENTORY,
  CITYDC_DISTRICTS = '',
  CITYDC_STATE,
  CITYDC_IMAGE,
  CITYDC_PROTECT,
  CDKTF_OUTDIR,
} = process.env;

try {
  const state = CITYDC_STATE || join(packageRoot(), '.citydc');
  const folder = await synthesise({
    city: partNamed(load(await readInventory(CITYDC_INVENTORY), dayAt(new Date())), CITYDC_DISTRICTS),
    out: CDKTF_OUTDIR ?? join(state, 'docker', 'cdktf.out'),
    agents: join(packageRoot(), 'dist', 'agents'),
    state,
    image: CITYDC_IMAGE || wantedImage(),
    protectData: CITYDC_PROTECT !== '0',
    note: text => console.error(text),
  });
  console.log(folder);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(visible(error.message));
  process.exitCode = 2;
}
