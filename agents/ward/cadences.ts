/** When each job of an office runs. Pure: the same office has the same phases at every start. */

import type { WardConfiguration } from '../contract/ward.js';
import { type Cadence, fractionOf } from './schedule.js';

/** First runs are spread over this long: in a lab 138 offices start at once. */
const FIRST_MS = 2000;
/** A round of collectors is the dearest job, and the first one is not urgent: it comes when the start is over. */
const FIRST_EQUIPMENT_MS = 60_000;

export interface Cadences {
  paths(): Cadence;
  /** The `index`th of so many systems and targets: they follow one another through their interval. */
  system(index: number, count: number): Cadence;
  equipment(): Cadence;
  push(site: string): Cadence;
}

export function cadencesOf({ endpoint, intervals }: WardConfiguration): Cadences {
  const fraction = (job: string): number => fractionOf(`${endpoint} ${job}`);
  return {
    paths: () => cadence(intervals.pathSeconds, fraction('paths'), FIRST_MS),
    system: (index, count) => cadence(intervals.systemsSeconds, (fraction('systems') + index / count) % 1, intervals.systemsSeconds * 1000),
    equipment: () => {
      const intervalMs = intervals.equipmentSeconds * 1000;
      return cadence(intervals.equipmentSeconds, fraction('equipment'), intervalMs, Math.min(intervalMs, FIRST_EQUIPMENT_MS));
    },
    // The first push waits for the first look at the paths, not for its turn.
    push: site => cadence(intervals.pushSeconds, fraction(`push ${site}`), 0),
  };
}

const cadence = (intervalSeconds: number, fraction: number, withinMs: number, fromMs = 0): Cadence => ({
  intervalMs: intervalSeconds * 1000,
  phaseMs: fraction * intervalSeconds * 1000,
  firstMs: fromMs + fraction * withinMs,
});
