import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutsOf } from '../../infra/city/failures/cuts.js';
import { type Footprint, terrainOf } from '../../infra/city/failures/footprint.js';
import type { City, System } from '../../infra/city/model.js';
import { failureOf } from '../../infra/city/routing/failure.js';
import { predictorOf } from '../../infra/city/routing/prediction.js';
import { cases } from '../nightly.js';
import { canTho } from '../site/cities.js';
import { reachByEnumeration } from './enumeration.js';
import { smallCities } from './small-cities.js';
import { link } from './toy.js';

const STATES = ['none', 'database'] as const;

/** Offices that are up and get no answer from systems of a kind, by running every router of the whole city. */
function unserved(city: City): (failed: readonly Footprint[], state: System['state']) => ReadonlySet<number> {
  const predict = predictorOf(city);
  return (failed, state) => {
    const prediction = predict(failureOf(failed.map(({ element }) => element)));
    const outcomes = city.endpoints.map(office => ({ office, kind: prediction.path(office, { state }).kind }));
    return new Set(outcomes.filter(({ kind }) => kind !== 'delivered' && kind !== 'source-down').map(({ office }) => office.number));
  };
}

const without = (offices: ReadonlySet<number>, ...others: ReadonlySet<number>[]) =>
  [...offices].filter(number => others.every(other => !other.has(number)));

const numbers = (offices: readonly { readonly number: number }[]) => offices.map(({ number }) => number);

function agreesOnSingles(city: City): void {
  const terrain = terrainOf(city);
  const cuts = cutsOf(terrain);
  const lost = unserved(city);
  for (const state of STATES) {
    expect(numbers(cuts.always()[state])).toEqual([...lost([], state)].toSorted((a, b) => a - b));
    for (const failed of terrain.footprints)
      expect(numbers(cuts.single(failed)[state]), `${failed.element.name} ${state}`).toEqual(
        without(lost([failed], state), lost([], state)),
      );
  }
}

function agreesOnDoubles(city: City): void {
  const terrain = terrainOf(city);
  const cuts = cutsOf(terrain);
  const lost = unserved(city);
  for (const [index, one] of terrain.footprints.entries())
    for (const other of terrain.footprints.slice(index + 1))
      for (const state of STATES) {
        const both = without(lost([one, other], state), lost([one], state), lost([other], state));
        expect(numbers(cuts.double(one, other)[state]), `${one.element.name} ${other.element.name} ${state}`).toEqual(both);
      }
}

test('the shipped city: every element alone, as every router of the whole city says', () => agreesOnSingles(canTho));

test('random small cities: every element alone, and every two together', () => {
  fc.assert(
    fc.property(smallCities, city => {
      agreesOnSingles(city);
      agreesOnDoubles(city);
    }),
    { numRuns: cases(30, 600) },
  );
});

test('random small cities: what is predicted to be served is what an enumeration of all allowed ways finds', () => {
  fc.assert(
    fc.property(smallCities, city => {
      const terrain = terrainOf(city);
      const lost = unserved(city);
      for (const failed of [[], ...terrain.footprints.map(each => [each])])
        for (const state of STATES) {
          const served = reachByEnumeration(city, failureOf(failed.map(({ element }) => element)), state);
          const up = city.endpoints.filter(({ number }) => failed.every(({ element }) => !element.down.nodes.has(number)));
          expect(numbers(up.filter(office => served(office)))).toEqual(
            numbers(up.filter(({ number }) => !lost(failed, state).has(number))),
          );
        }
    }),
    { numRuns: cases(200, 2000) },
  );
});

/**
 * Of a link between the sites it is not true, and rightly so: a vote that the primary hears again keeps the lease there, out of reach of
 * who hangs on the backup alone.
 */
test('random small cities with a sound core: one more uplink never makes a new single point of failure', () => {
  fc.assert(
    fc.property(smallCities, fc.constantFrom(66, 67, 68), fc.constantFrom(1, 2), (drawn, aggregation, site) => {
      const city = withSoundCore(drawn);
      const before = terrainOf(city);
      const after = terrainOf({ ...city, links: [...city.links, link(90, 'uplink', aggregation, site)] });
      const [lostBefore, lostAfter] = [cutsOf(before), cutsOf(after)];
      const alwaysBefore = lostBefore.always();
      for (const failed of after.footprints) {
        const same = before.footprints.find(({ element }) => element.name === failed.element.name);
        for (const state of STATES) {
          const known = [...(same === undefined ? [] : numbers(lostBefore.single(same)[state])), ...numbers(alwaysBefore[state])];
          expect(known, failed.element.name).toEqual(expect.arrayContaining(numbers(lostAfter.single(failed)[state])));
        }
      }
    }),
    { numRuns: cases(200, 2000) },
  );
});

/** Each site has one vote, both data centres have the database, and every two sites are joined. */
function withSoundCore(city: City): City {
  const hosts = (role: string) => ({ router: [1], edge: [1], application: [1], etcd: [1], database: role === 'witness' ? [] : [1] });
  const core = [link(1, 'core', 1, 2), link(2, 'core', 1, 2), link(3, 'core', 3, 1), link(4, 'core', 3, 2)];
  return {
    ...city,
    sites: city.sites.map(site => ({ ...site, hosts: { ...site.hosts, ...hosts(site.role) } })),
    links: [...core, ...city.links.filter(({ kind }) => kind !== 'core')],
  };
}
