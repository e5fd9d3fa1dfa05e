import type { City, ElementNumber } from './model.js';

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
