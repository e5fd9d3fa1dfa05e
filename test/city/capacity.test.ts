import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demandOf, sumOfRates } from '../../infra/city/capacity/demand.js';
import { type LineLoad, loadsOf } from '../../infra/city/capacity/load.js';
import { yearOfFull } from '../../infra/city/capacity/report.js';
import { terrainOf } from '../../infra/city/failures/footprint.js';
import { surveyOf } from '../../infra/city/failures/survey.js';
import { coreOf } from '../../infra/city/failures/trunk.js';
import { type City, type Endpoint, linkName } from '../../infra/city/model.js';
import { linesHaveRoom, showRate } from '../../infra/city/rules/lines-have-room.js';
import { cases } from '../nightly.js';
import { canTho } from '../site/cities.js';
import { smallCities } from './small-cities.js';
import { link, toyCity } from './toy.js';

/** 20 users at n66 and 40 at n67 in round figures: 100 kbit/s and 300 kbit/s each. */
const users = { 100: 10, 101: 40, 102: 10 } as Readonly<Record<number, number>>;
const toy = (): City => ({
  ...toyCity(),
  endpoints: toyCity().endpoints.map(office => ({ ...office, users: users[office.number] ?? 0 })),
  capacity: { growthRatioPerYear: 0.1, replicationBps: 10e6, nightlyBackup: { gigabytes: 0, hours: 1 }, assumed: [] },
});
const loads = (city: City): Readonly<Record<string, readonly [number, number, string]>> => {
  const { lines } = loadsOf(terrainOf(city), coreOf(city));
  const named = (line: LineLoad) => `${linkName(line.link)}/${line.direction}`;
  return Object.fromEntries(lines.map(line => [named(line), [line.normalBps / 1e6, line.worstBps / 1e6, line.worstWhen ?? ''] as const]));
};

describe('the toy city', () => {
  const found = loads(toy());

  test('what offices ask goes up their uplink to the primary, and comes back', () => {
    expect([found['l10/0'], found['l10/1']]).toEqual([
      [2, 2, ''],
      [6, 6, ''],
    ]);
    expect([found['l12/0'], found['l12/1']]).toEqual([
      [4, 4, ''],
      [12, 12, ''],
    ]);
  });

  test('the second uplink carries all of it while the first is down', () => {
    expect(found['l11/0']).toEqual([0, 2, 's1']);
    expect(found['l13/1']).toEqual([0, 12, 's1']);
  });

  test('between the sites: replication, and what the backup asks of the primary for offices that came to it', () =>
    expect([found['l1/0'], found['l1/1']]).toEqual([
      [10, 28, 's1-edge1'],
      [0, 6, 's1-edge1'],
    ]));

  test("an office's own line carries what it asks", () =>
    expect([found['l101/0'], found['l101/1']]).toEqual([
      [4, 4, ''],
      [12, 12, ''],
    ]));
});

test('lines of equal worth share', () => {
  const city = { ...toy(), links: [...toy().links, link(20, 'uplink', 67, 1, 'carrier-a'), link(2, 'core', 1, 2, 'carrier-b')] };
  const found = loads(city);
  expect([found['l12/1']?.[0], found['l20/1']?.[0], found['l1/0']?.[0], found['l2/0']?.[0]]).toEqual([6, 6, 5, 5]);
  expect(found['l2/0']?.slice(1)).toEqual([14, 's1-edge1']);
});

test('the nightly backup is a load of its own: 90 GB in two hours are 100 Mbit/s beside the replication', () => {
  const sites = toy().sites.map(site => (site.number === 2 ? { ...site, hosts: { ...site.hosts, repository: [1] } } : site));
  const nightly = { ...toy(), sites, capacity: { ...toy().capacity, nightlyBackup: { gigabytes: 90, hours: 2 } } };
  expect(loads(nightly)['l1/0']?.[0]).toBe(110);
});

test('a tight line and a line that must carry too much are named, the first to fill first', () => {
  const tight = { ...toy(), links: toy().links.map(each => (each.number === 12 ? { ...each, rateBps: [5e6, 10e6] as const } : each)) };
  expect(linesHaveRoom.examine(surveyOf(tight)).findings.map(({ message, path }) => [path, message])).toEqual([
    [
      'links.12',
      'l12 from s1 to n67 has more demand than capacity while nothing has failed: 12 Mbit/s of 10 Mbit/s (120 %); it fills first',
    ],
    ['links.12', 'l12 from n67 to s1 is tight while nothing has failed: 4 Mbit/s of 5 Mbit/s (80 %)'],
  ]);
  expect(linesHaveRoom.examine(surveyOf(toy())).findings).toEqual([]);
});

test.each([
  [50, 0.1, 2034],
  [100, 0.1, 2026],
  [0, 0.1, undefined],
  [50, 0, undefined],
  [99, 0.15, 2027],
])('%d %% used at +%d a year is full in %s', (used, growth, year) =>
  expect(yearOfFull({ worstBps: used, rateBps: 100 }, growth, 2026)).toBe(year),
);

test('rates for people', () =>
  expect([4e3, 812.4e6, 1e9, 12.34e9].map(showRate)).toEqual(['4 kbit/s', '812 Mbit/s', '1 Gbit/s', '12.3 Gbit/s']));

test('the shipped city: what all offices ask arrives at the primary', () => {
  const demand = demandOf(canTho);
  const asked = sumOfRates(canTho.endpoints.flatMap((office: Endpoint) => [demand(office).none, demand(office).database]));
  const uplinks = loadsOf(terrainOf(canTho), coreOf(canTho)).lines.filter(({ link: { kind } }) => kind === 'uplink');
  const sum = (direction: 0 | 1) => uplinks.filter(line => line.direction === direction).reduce((all, line) => all + line.normalBps, 0);
  expect(sum(0)).toBeCloseTo(asked.toSystemBps, 0);
  expect(sum(1)).toBeCloseTo(asked.toOfficeBps, 0);
});

test('random small cities: no failure is worse than what the whole load, worked out anew without it, says', () => {
  fc.assert(
    fc.property(smallCities, city => {
      const terrain = terrainOf(city);
      const { lines } = loadsOf(terrain, coreOf(city));
      for (const { element } of terrain.footprints) {
        const { nodes, links } = element.down;
        const left = {
          ...city,
          sites: city.sites.filter(({ number }) => !nodes.has(number)),
          aggregations: city.aggregations.filter(({ number }) => !nodes.has(number)),
          endpoints: city.endpoints.filter(({ number }) => !nodes.has(number)),
          links: city.links.filter(({ number, ends }) => !links.has(number) && ends.every(end => !nodes.has(end))),
        };
        // Votes of sites that are gone still count: a city without them is another city.
        if (left.sites.length < city.sites.length) continue;
        for (const line of loadsOf(terrainOf(left), coreOf(left)).lines) {
          const whole = lines.find(each => each.link.number === line.link.number && each.direction === line.direction);
          expect(whole?.worstBps ?? 0, `${element.name} ${linkName(line.link)}`).toBeGreaterThanOrEqual(line.normalBps * (1 - 1e-6));
        }
      }
    }),
    { numRuns: cases(40, 400) },
  );
});
