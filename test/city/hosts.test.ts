/** What stands in a site: hosts are elements that fail, and a site without those that its role needs does not pass for one that takes over. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { surveyOf } from '../../infra/city/failures/survey.js';
import type { SiteHostRole } from '../../infra/city/identity.js';
import { loadLocated } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import type { City } from '../../infra/city/model.js';
import { cityIsWatched } from '../../infra/city/rules/city-is-watched.js';
import { externalsAreServed } from '../../infra/city/rules/externals-are-served.js';
import { noSinglePointOfFailure } from '../../infra/city/rules/no-single-point-of-failure.js';
import { oneWriter } from '../../infra/city/rules/one-writer.js';
import type { Rule } from '../../infra/city/rules/rule.js';
import { sitesCanServe } from '../../infra/city/rules/sites-can-serve.js';
import { canTho, canTho2025 } from '../site/cities.js';
import { DAY } from './day.js';

const without = (number: number, role: SiteHostRole): City => ({
  ...canTho,
  sites: canTho.sites.map(site => (site.number === number ? { ...site, hosts: { ...site.hosts, [role]: [] } } : site)),
});
const messages = (city: City): readonly string[] => sitesCanServe.examine(surveyOf(city)).findings.map(({ message }) => message);

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

const found = (rule: Rule, city: City): readonly string[] => rule.examine(surveyOf(city)).findings.map(({ message }) => message);
const ALL = '138 offices lose all 10 systems: e77, e78, e79 and 135 more';

test('a backup without an edge takes nothing over: whatever silences the primary cuts everybody off', () => {
  const points = found(noSinglePointOfFailure, without(2, 'edge')).filter(message => message.endsWith(ALL));
  expect(points).toEqual([
    `if s1 (City data centre) fails, ${ALL}`,
    `if building-s1 (Building of the primary site) fails, ${ALL}`,
    `if power-s1 (Power feed of the primary site) fails, ${ALL}`,
    `if s1-router1 (router at City data centre) fails, ${ALL}`,
    `if s1-edge1 (edge at City data centre) fails, ${ALL}`,
  ]);
});

test('both edges at once, or the last application host of each, are pairs that cut what neither cuts', () => {
  const pairs = surveyOf(canTho)
    .doubles()
    .effects.flatMap(effect => effect.pairs.map(names => names.join(' ')));
  expect(pairs).toContain('s1-edge1 s2-edge1');
  expect(pairs).toContain('s1-edge1 s2-application1');
  expect(pairs).not.toContain('s1-application1 s2-application1');
});

test('the last vote or database host that is left counts', () => {
  expect(found(oneWriter, without(3, 'etcd'))).toContain(
    'while s1-etcd1 is down, no site may write: s1 hears 1 of 2 votes, s2 hears 1 of 2 votes',
  );
  const alone = {
    ...without(2, 'database'),
    sites: without(2, 'database').sites.map(site => ({ ...site, hosts: { ...site.hosts, database: site.hosts.database.slice(0, 1) } })),
  };
  expect(found(oneWriter, alone)).toContain('while s1-database1 is down, no site may write: s1 has no database host');
});

test('a host that fails is found by its own name, and where the inventory lists it', async () => {
  const { locate } = loadLocated(await readInventory('can-tho-2022'), DAY);
  const { line } = locate('hosts.s2-edge1');
  expect(readFileSync('infra/city/inventory/can-tho-2022/city.yaml', 'utf8').split('\n')[line - 1]).toMatch(/^ {4}hosts: .*repository/);
});

test('citizens who hang on one line are users who lose something', () => {
  const withoutLine = { ...canTho, links: canTho.links.filter(({ number }) => number !== 7) };
  expect(found(externalsAreServed, canTho)).toEqual([]);
  expect(found(externalsAreServed, withoutLine).filter(message => message.startsWith('if l8 '))).toEqual([
    'if l8 (x65–s2, carrier-c) fails, x65 (Internet) loses portal',
  ]);
  const cutOff = { ...canTho, links: canTho.links.filter(({ number }) => number !== 7 && number !== 8) };
  expect(found(externalsAreServed, cutOff)).toEqual(['even while nothing has failed, x65 (Internet) does not reach portal']);
  expect(externalsAreServed.examine(surveyOf({ ...canTho, flows: [] }))).toEqual({ findings: [], cases: 0 });
});

test('a city with one monitor is not watched while that one is off', () => {
  expect(found(cityIsWatched, canTho)).toEqual([]);
  expect(found(cityIsWatched, without(2, 'monitor')).map(message => message.split(' ')[1])).toEqual([
    's1',
    'building-s1',
    'power-s1',
    's1-router1',
    's1-monitor1',
  ]);
  const blind = { ...canTho, sites: canTho.sites.map(site => ({ ...site, hosts: { ...site.hosts, monitor: [] } })) };
  expect(found(cityIsWatched, blind)).toEqual(['no site has a monitor: the city is not watched']);
});
