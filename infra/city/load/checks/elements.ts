import type { Node } from '../../model.js';
import type { Draft } from '../draft.js';
import type { Dated, LoadedEntry } from '../entry.js';
import { IS_NUMBER } from '../number.js';

/** One numbered element as far as it could be read. */
export interface Numbered {
  readonly kind: Node['kind'];
  readonly number: number;
  readonly entry: LoadedEntry<Dated>;
}

/** Everything in the number space of sites, aggregation nodes, externals and endpoints, broken entries included. */
export function elementsOf({ sites, aggregations, externals, endpoints }: Draft): readonly Numbered[] {
  const numbered = (kind: Node['kind'], entries: readonly LoadedEntry<Dated>[]) =>
    entries.filter(({ key }) => IS_NUMBER.test(key)).map(entry => ({ kind, number: Number(entry.key), entry }));
  return [
    ...numbered('site', sites.entries),
    ...numbered('aggregation', aggregations.entries),
    ...numbered('external', externals.entries),
    ...numbered('endpoint', endpoints.entries),
  ];
}

/** Whether it counts on the day for which the inventory is read. */
export const isActive = ({ state }: Pick<LoadedEntry<unknown>, 'state'>): boolean => state === 'active';

/** Where an entry's number stands: a cell in a table, the key itself in city.yaml. */
export const numberField = ({ path }: Pick<LoadedEntry<unknown>, 'path'>): string => (/^(endpoints|links)\./.test(path) ? 'number' : '');
