import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffCities } from '../../infra/city/diff.js';
import type { ElementNumber } from '../../infra/city/identity.js';
import type { City, Endpoint } from '../../infra/city/model.js';
import { cases } from '../nightly.js';
import { link, toyCity } from './toy.js';

const change = (city: City, number: number, to: Partial<Endpoint>): City => ({
  ...city,
  endpoints: city.endpoints.map(office => (office.number === number ? { ...office, ...to } : office)),
});

test('nothing changes between a city and itself', () => {
  const { offices, nodes, links, systems, flows, addresses, numbers } = diffCities(toyCity(), toyCity());
  expect([offices, nodes, links, systems, flows].flatMap(part => Object.values(part).flat())).toEqual([]);
  expect([addresses.changed, numbers.reused, numbers.forgotten].flat()).toEqual([]);
  expect(addresses.compared).toBeGreaterThan(30);
});

test('a renamed office and a re-homed one are told apart', () => {
  const after = change(change(toyCity(), 100, { name: { vi: 'Phường Mới', en: 'New ward' } }), 101, { aggregation: 66 as ElementNumber });
  const { offices } = diffCities(toyCity(), after);
  expect(offices.renamed).toEqual([{ element: 'e100', field: 'name', before: 'Phường Một', after: 'Phường Mới' }]);
  expect(offices.rehomed).toEqual([{ element: 'e101', field: 'aggregation', before: 'n67', after: 'n66' }]);
});

test('a retired office is retired, one that vanished is forgotten, and a number that returns is reused', () => {
  const city = toyCity();
  const gone = { ...city, endpoints: city.endpoints.filter(({ number }) => number !== 101) };
  const retired = { ...gone, retired: { ...gone.retired, elements: [90, 101] as ElementNumber[] } };
  expect(diffCities(city, retired)).toMatchObject({ offices: { retired: ['e101'] }, numbers: { reused: [], forgotten: [] } });
  expect(diffCities(city, gone).numbers).toEqual({ reused: [], forgotten: ['e101'] });
  expect(diffCities(retired, city).numbers.reused).toEqual(['e101']);
});

test('a changed plan is the only thing that moves addresses', () => {
  const moved = { ...toyCity(), plan: { ...toyCity().plan, endpoints: '10.128.0.0/11' } };
  const { changed } = diffCities(toyCity(), moved).addresses;
  expect(changed).toHaveLength(3 * 4);
  expect(changed[0]).toEqual({
    element: 'e100',
    field: 'office',
    before: '10.64.100.0/24 fd00:1:2:64::/64',
    after: '10.128.100.0/24 fd00:1:2:64::/64',
  });
});

/** What may happen to a city in its life. */
type Step = (city: City, number: number) => City;

const STEPS: readonly Step[] = [
  (city, number) => ({ ...city, endpoints: city.endpoints.filter(office => office.number !== number) }),
  (city, number) => change(city, number, { aggregation: 67 as ElementNumber, code: '1', name: { vi: 'x', en: 'x' } }),
  (city, number) => ({ ...city, links: city.links.filter(each => each.number !== number) }),
  (city, number) => ({ ...city, links: [...city.links, link(2000 + number, 'access', 100, 66)] }),
  (city, number) => ({
    ...city,
    endpoints: [...city.endpoints, ...city.endpoints.slice(0, 1).map(office => ({ ...office, number: (1000 + number) as ElementNumber }))],
  }),
  city => ({
    ...city,
    endpoints: city.endpoints.toReversed(),
    links: city.links.toReversed(),
    aggregations: city.aggregations.toReversed(),
  }),
];

test('law: no addition, removal, retirement or re-homing changes an address of what stays', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 105 })), { maxLength: 20 }), steps => {
      const after = steps.reduce((city, [step, number]) => step(city, number), toyCity());
      expect(diffCities(toyCity(), after).addresses.changed).toEqual([]);
    }),
    { numRuns: cases(200, 2000) },
  ));
