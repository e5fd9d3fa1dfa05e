import type { ElementNumber } from './identity.js';
import type { City } from './model.js';
import { InputError } from './problem.js';

/** A part of a city: its sites and externals, and of its aggregation nodes only some, with their offices. Numbers and addresses stay. */
export function partOf(city: City, aggregations: ReadonlySet<ElementNumber>): City {
  const endpoints = city.endpoints.filter(({ aggregation }) => aggregations.has(aggregation));
  const gone = new Set([
    ...city.aggregations.map(({ number }) => number).filter(number => !aggregations.has(number)),
    ...city.endpoints.filter(endpoint => !endpoints.includes(endpoint)).map(({ number }) => number),
  ]);
  return {
    ...city,
    aggregations: city.aggregations.filter(({ number }) => aggregations.has(number)),
    endpoints,
    links: city.links.filter(({ ends }) => !ends.some(end => gone.has(end))),
  };
}

/**
 * The part of a city that has these districts: aggregation nodes by their names, as `n67 n73` or `n67,n73`.
 *
 * @param names empty: the whole city
 * @throws {InputError} when the city has no such aggregation node
 */
export function partNamed(city: City, names: string): City {
  const known = new Map(city.aggregations.map(({ number }) => [`n${number}`, number]));
  const wanted = names.split(/[\s,]+/).filter(name => name !== '');
  const strange = wanted.filter(name => !known.has(name));
  if (strange.length > 0)
    throw new InputError(
      strange.map(name => ({
        rule: 'unknown-district',
        path: 'districts',
        message: `there is no aggregation node '${name}'`,
        hint: `there are: ${[...known.keys()].join(' ')}`,
      })),
    );
  return wanted.length === 0 ? city : partOf(city, new Set(wanted.flatMap(name => known.get(name) ?? [])));
}
