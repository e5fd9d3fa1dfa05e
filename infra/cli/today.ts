import type { City } from '../city/model.js';
import type { World } from './command.js';

/** The calendar day in the city, as YYYY-MM-DD: the form that Canadians write. */
export const today = ({ timeZone }: Pick<City, 'timeZone'>, { now }: Pick<World, 'now'>): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone }).format(now());
