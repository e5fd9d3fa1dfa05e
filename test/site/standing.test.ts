/** A site without the hosts that its role needs does not pass for one that takes over. */

import { expect, test } from 'vitest';
import type { SiteHostRole } from '../../infra/city/identity.js';
import type { City } from '../../infra/city/model.js';
import { examineStanding } from '../../infra/site/standing.js';
import { canTho, canTho2025 } from './cities.js';

const without = (number: number, role: SiteHostRole): City => ({
  ...canTho,
  sites: canTho.sites.map(site => (site.number === number ? { ...site, hosts: { ...site.hosts, [role]: [] } } : site)),
});
const messages = (city: City): readonly string[] => examineStanding(city).findings.map(({ message }) => message);

test.each([canTho, canTho2025])('$id has all that its sites need', city => expect(messages(city)).toEqual([]));

test.each([
  [1, 'router', 's1 (primary) has no host of the role router: its lines end nowhere, and nothing in it is reached'],
  [2, 'router', 's2 (backup) has no host of the role router: its lines end nowhere, and nothing in it is reached'],
  [3, 'router', 's3 (witness) has no host of the role router: its lines end nowhere, and its vote is not heard'],
  [2, 'edge', 's2 (backup) has no host of the role edge: no system answers there, and its applications reach no database'],
  [2, 'application', 's2 (backup) has no host of the role application: no system answers there'],
  [
    2,
    'database',
    's2 (backup) has no host of the role database: it holds no copy of the data, and takes no writes when the other site is lost',
  ],
  [2, 'monitor', 's2 (backup) has no host of the role monitor: the city is watched by the other site alone'],
  [2, 'repository', 's2 (backup) has no host of the role repository: the log of the database is archived nowhere, and there is no backup'],
] as const)('s%s without %s', (number, role, message) => expect(messages(without(number, role))).toEqual([message]));

test('a city whose systems keep no state needs no database and no repository', () => {
  const stateless = { ...canTho, systems: canTho.systems.map(system => ({ ...system, state: 'none' as const })) };
  const sites = stateless.sites.map(site => ({ ...site, hosts: { ...site.hosts, database: [], repository: [] } }));
  expect(messages({ ...stateless, sites })).toEqual([]);
});
