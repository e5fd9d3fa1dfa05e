import { type DayIn, dayAt, onDay } from '../city/day.js';
import { date } from '../city/load/cells.js';
import type { World } from './command.js';
import { usage } from './failure.js';

/** The day that a command is about: the city's today, unless another is given. @throws {InputError} when that is no date */
export function dayOf({ now }: Pick<World, 'now'>, flag = '--today', given?: string): DayIn {
  if (given === undefined) return dayAt(now());
  if (date.safeParse(given).success) return onDay(given);
  throw usage(flag, `'${given}' is not a date`, 'write it as 2027-12-31');
}
