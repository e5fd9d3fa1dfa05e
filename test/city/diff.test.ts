import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffCities } from '../../infra/city/diff/diff.js';
import type { ElementNumber } from '../../infra/city/identity.js';
import type { City, Endpoint } from '../../infra/city/model.js';
import { cases } from '../nightly.js';
import { canTho } from '../site/cities.js';
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

test('a renamed office and a re-homed one are distinguished', () => {
  const after = change(change(toyCity(), 100, { name: { vi: 'Phường Mới', en: 'New ward' } }), 101, { aggregation: 66 as ElementNumber });
  const { offices } = diffCities(toyCity(), after);
  expect(offices.renamed).toEqual([{ element: 'e100', field: 'name.vi', before: 'Phường Một', after: 'Phường Mới' }]);
  expect(offices.rehomed).toEqual([{ element: 'e101', field: 'aggregation', before: 'n67', after: 'n66' }]);
});

test('a retired office is retired, one that vanished is forgotten, and a number that returns is reused', () => {
  const city = toyCity();
  const gone = { ...city, endpoints: city.endpoints.filter(({ number }) => number !== 101) };
  const retired = { ...gone, retired: { ...gone.retired, elements: [90, 101] as ElementNumber[] } };
  expect(diffCities(city, retired)).toMatchObject({ offices: { retired: ['e101'] }, numbers: { reused: [], forgotten: [] } });
  expect(diffCities(city, gone).numbers).toEqual({ reused: [], forgotten: ['e101'], swapped: [] });
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

/** Every plain value in a part of a city, by its path. */
function leavesOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value === 'string' || typeof value === 'number') return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** A city with another value at a path. */
function withOther(city: City, path: readonly (string | number)[]): City {
  const copy = structuredClone(city) as unknown as Record<string | number, unknown>;
  const [last = ''] = path.slice(-1);
  const parent = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, step) => at[step] as typeof copy, copy);
  parent[last] = typeof parent[last] === 'number' ? parent[last] + 1 : `${parent[last]}x`;
  return copy as unknown as City;
}

/** What loaders compare with each other: a city with another value there is none. */
const STRUCTURE = [
  'number',
  'ends',
  'aggregation',
  'kind',
  'class',
  'role',
  'state',
  'carrier',
  'riskGroups',
  'hosts',
  'over',
  'plan',
  'retired',
  'planned',
];

test('whatever an inventory says, a change of it is shown', () => {
  const paths = leavesOf(toyCity()).filter(path => !path.some(step => STRUCTURE.includes(String(step))));
  const carriersTwice = (path: readonly (string | number)[]) => path[0] === 'carriers' && path.at(-1) === 'key';
  const unseen = paths.filter(path => {
    const { singlePointsOfFailure: _points, addresses: _addresses, ...said } = diffCities(toyCity(), withOther(toyCity(), path));
    return !carriersTwice(path) && leavesOf(said).length === 0;
  });
  expect(paths.length).toBeGreaterThan(200);
  expect(unseen).toEqual([]);
});

test('two offices that exchange everything but their numbers are reported as such', () => {
  const [a, b] = toyCity().endpoints as readonly [Endpoint, Endpoint, ...Endpoint[]];
  const after = { ...toyCity(), endpoints: [{ ...b, number: a.number }, { ...a, number: b.number }, ...toyCity().endpoints.slice(2)] };
  expect(diffCities(toyCity(), after).numbers.swapped).toEqual(['e100 is what e101 was', 'e101 is what e100 was']);
});

test('a row deleted and the rest renumbered: each is what the next was', () => {
  const [first, ...others] = toyCity().endpoints as readonly [Endpoint, ...Endpoint[]];
  const after = {
    ...toyCity(),
    endpoints: others.map((office, index) => ({ ...office, number: (first.number + index) as ElementNumber })),
  };
  expect(diffCities(toyCity(), after).numbers).toMatchObject({
    swapped: ['e100 is what e101 was', 'e101 is what e102 was'],
    forgotten: ['e102'],
  });
});

test('a carrier that takes more offices than any did is worse, an office that moves to another node is not', () => {
  const links = canTho.links.map(each =>
    ['uplink', 'access'].includes(each.kind) && each.carrier.startsWith('carrier-')
      ? { ...each, carrier: 'carrier-a', riskGroups: [...each.riskGroups.filter(group => group !== each.carrier), 'carrier-a'] }
      : each,
  );
  expect(diffCities(canTho, { ...canTho, links }).singlePointsOfFailure.worse).toEqual([
    { element: 'carrier-a', lost: expect.stringContaining('138 offices lose all 10 systems'), most: 75 },
  ]);
  const rehomed = change(toyCity(), 102, { aggregation: 67 as ElementNumber });
  const moved = rehomed.links.map(each => (each.number === 102 ? { ...each, ends: [102, 67] as unknown as typeof each.ends } : each));
  expect(diffCities(toyCity(), { ...rehomed, links: moved }).singlePointsOfFailure.worse).toEqual([]);
});
