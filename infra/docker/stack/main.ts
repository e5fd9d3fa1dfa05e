/**
 * What `cdktf synth` and `cdktf deploy` run: writes the stack of a city into `cdktf.out`.
 *
 * CITYDC_INVENTORY names the inventory, CITYDC_DISTRICTS the aggregation nodes that a staging city has (`n67 n73`; absent: all),
 * CITYDC_STATE the folder that keeps the secrets, CITYDC_PROTECT=0 lets volumes with data be destroyed.
 */

import { join } from 'node:path';
import { load } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, packageRoot, readInventory } from '../../city/load/read.js';
import { partOf } from '../../city/part.js';
import { InputError } from '../../city/problem.js';
import { wantedImage } from '../../image/build.js';
import { synthesise } from './synthesise.js';

const { CITYDC_INVENTORY = DEFAULT_INVENTORY, CITYDC_DISTRICTS = '', CITYDC_STATE, CITYDC_PROTECT, CDKTF_OUTDIR } = process.env;

try {
  const whole = load(await readInventory(CITYDC_INVENTORY));
  const state = CITYDC_STATE || join(packageRoot(), '.citydc');
  const folder = await synthesise({
    city: CITYDC_DISTRICTS === '' ? whole : partOf(whole, districtsOf(CITYDC_DISTRICTS)),
    out: CDKTF_OUTDIR ?? join(packageRoot(), 'cdktf.out'),
    agents: join(packageRoot(), 'dist', 'agents'),
    secrets: join(state, 'secrets'),
    image: wantedImage(),
    protectData: CITYDC_PROTECT !== '0',
  });
  console.log(folder);

  function districtsOf(names: string): ReadonlySet<(typeof whole.aggregations)[number]['number']> {
    const known = new Map(whole.aggregations.map(({ number }) => [`n${number}`, number]));
    const wanted = names.split(/[\s,]+/).filter(name => name !== '');
    const strange = wanted.filter(name => !known.has(name));
    if (strange.length > 0)
      throw new InputError([
        {
          rule: 'unknown-district',
          path: 'CITYDC_DISTRICTS',
          message: `there is no aggregation node ${strange.join(', ')}`,
          hint: `as ${[...known.keys()].slice(0, 3).join(' ')}`,
        },
      ]);
    return new Set(wanted.flatMap(name => known.get(name) ?? []));
  }
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  for (const { path, message, hint } of error.problems) console.error(`error: ${path}: ${message}\n  hint: ${hint}`);
  process.exitCode = 2;
}
