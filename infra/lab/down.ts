import { existsSync } from 'node:fs';
import { endKeeper } from '../fabric/keeper/start.js';
import { locksOf } from '../fabric/locks/locks.js';
import type { Progress } from '../image/build.js';
import { readPhase, writePhase } from './applied.js';
import { refuseSecondCity } from './one-city.js';
import { removeCity } from './remove.js';
import { requireMachine } from './requirements.js';
import { keeperOf, type StateFolder } from './state-folder.js';

/** Takes the city down; the image, secrets and evidence of drills stay. @returns whether there was anything to take down */
export async function down(state: StateFolder, progress: Progress): Promise<boolean> {
  await requireMachine();
  const operation = await locksOf(state.locks).holdOperation();
  try {
    const keeper = await refuseSecondCity(state);
    const was = keeper !== undefined || existsSync(state.city);
    const phase = await readPhase(state);
    if (phase !== undefined) await writePhase(state, { ...phase, phase: 'removing' });
    await endKeeper(keeperOf(state));
    await removeCity(state, progress);
    return was;
  } finally {
    operation.close();
  }
}
