import { expect, test } from 'vitest';
import { applyAcceptances } from '../../infra/city/acceptance/apply.js';
import { checkCity } from '../../infra/city/check.js';
import { surveyOf } from '../../infra/city/failures/survey.js';
import { loadLocated } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import type { City, Site } from '../../infra/city/model.js';
import { copiesStayJoined } from '../../infra/city/rules/copies-stay-joined.js';
import { noSinglePointOfFailure } from '../../infra/city/rules/no-single-point-of-failure.js';
import { officesAreServed } from '../../infra/city/rules/offices-are-served.js';
import { oneWriter } from '../../infra/city/rules/one-writer.js';
import type { Rule } from '../../infra/city/rules/rule.js';
import { canTho } from '../site/cities.js';
import { DAY } from './day.js';
import { link, toyCity } from './toy.js';

const messages = (rule: Rule, city: City) => rule.examine(surveyOf(city)).findings.map(({ message }) => message);

const without = (city: City, ...numbers: number[]): City => ({
  ...city,
  links: city.links.filter(({ number }) => !numbers.includes(number)),
});
const changed = (city: City, number: number, hosts: Partial<Site['hosts']>): City => ({
  ...city,
  sites: city.sites.map(site => (site.number === number ? { ...site, hosts: { ...site.hosts, ...hosts } } : site)),
});
/** Two links between the sites, by two carriers: then no carrier cuts a trunk. */
const good = (): City => ({ ...toyCity(), links: [...toyCity().links, link(2, 'core', 1, 2, 'carrier-b')] });

test('the offices of a good city are served', () => expect(officesAreServed.examine(surveyOf(good()))).toEqual({ findings: [], cases: 3 }));

test('an aggregation node that hangs on the witness is not served', () => {
  const astray = { ...without(good(), 12, 13), links: [...without(good(), 12, 13).links, link(20, 'uplink', 67, 3, 'carrier-b')] };
  expect(officesAreServed.examine(surveyOf(astray)).findings).toEqual([
    {
      rule: 'offices-are-served',
      path: 'endpoints.101',
      message: 'even while nothing has failed, 1 office loses the one system: e101',
      hint: 'ask why: citydc check --explain e101 portal',
      facts: { about: 'losses', losses: [{ offices: ['e101'], systems: 1, of: 'all' }] },
    },
  ]);
});

test('a system that only the agents of offices may ask is not served to offices', () => {
  const flows = good().flows.map(flow => ({ ...flow, from: ['management' as const] }));
  expect(officesAreServed.examine(surveyOf({ ...good(), flows })).findings).toEqual([
    {
      rule: 'offices-are-served',
      path: 'systems.1',
      message: 'no flow lets people at an office use portal, tcp 80',
      hint: "add one under 'flows' from office, counter or video to system.portal, or accept it with scope systems.1",
      facts: { about: 'denied', system: 'portal' },
    },
  ]);
});

test('in a good city only lines, aggregation nodes and the carriers of lines cut offices off', () =>
  expect(messages(noSinglePointOfFailure, good())).toEqual([
    'if n66 (Node A) fails, 2 offices lose the one system: e100, e102',
    'if n67 (Node B) fails, 1 office loses the one system: e101',
    'if l100 (e100–n66, carrier-a) fails, 1 office loses the one system: e100',
    'if l101 (e101–n67, carrier-b) fails, 1 office loses the one system: e101',
    'if l102 (e102–n66, carrier-a) fails, 1 office loses the one system: e102',
    'if carrier-a (Carrier A) fails, 2 offices lose the one system: e100, e102',
    'if carrier-b (Carrier B) fails, 1 office loses the one system: e101',
  ]));

test('a duct that both uplinks share is named, with the way out', () => {
  const sharing = good().links.map(each =>
    each.kind === 'uplink' && each.ends[0] === 66 ? { ...each, riskGroups: [...each.riskGroups, 'duct-1'] } : each,
  );
  const finding = noSinglePointOfFailure
    .examine(surveyOf({ ...good(), links: sharing }))
    .findings.find(({ path }) => path.includes('duct'));
  expect(finding).toEqual({
    rule: 'no-single-point-of-failure',
    path: 'riskGroups.duct-1',
    message: 'if duct-1 (Duct one) fails, 2 offices lose the one system: e100, e102',
    hint: "lead a second way around it, or accept it under 'accepted' with scope riskGroups.duct-1 or class:duct",
    facts: { about: 'losses', losses: [{ offices: ['e100', 'e102'], systems: 1, of: 'all' }] },
  });
});

test('with one uplink, the link and all that is behind it are single points of failure', () =>
  expect(messages(noSinglePointOfFailure, without(good(), 13)).filter(message => message.includes('e101'))).toEqual([
    'if s1 (Primary) fails, 1 office loses the one system: e101',
    'if n67 (Node B) fails, 1 office loses the one system: e101',
    'if l12 (n67–s1, carrier-b) fails, 1 office loses the one system: e101',
    'if l101 (e101–n67, carrier-b) fails, 1 office loses the one system: e101',
    'if building-1 (Building one) fails, 1 office loses the one system: e101',
    'if carrier-b (Carrier B) fails, 1 office loses the one system: e101',
    'if s1-router1 (router at Primary) fails, 1 office loses the one system: e101',
  ]));

test('one writer: three votes at three sites and databases at two', () =>
  expect(oneWriter.examine(surveyOf(good()))).toEqual({ findings: [], cases: 44 + 946 + 5 }));

test.each<[string, City, string]>([
  ['no vote at the witness', changed(good(), 3, { etcd: [] }), 'while s1 is down, no site may write: s1 is down, s2 hears 1 of 2 votes'],
  [
    'all votes at one site',
    changed(good(), 1, { etcd: [1, 2, 3] }),
    'while s1 is down, no site may write: s1 is down, s2 hears 2 of 5 votes',
  ],
  ['the database at one site', changed(good(), 2, { database: [] }), 'while s1 is down, no site may write: s1 is down'],
])('one writer: %s', (_what, city, message) => expect(messages(oneWriter, city)).toContain(message));

test('two lines that share nothing keep the copies of the database joined', () =>
  expect(copiesStayJoined.examine(surveyOf(good()))).toEqual({ findings: [], cases: 44 }));

test('lines between the copies in one duct: a finding, though no office loses anything', () => {
  const sharing = [...without(good(), 2).links, link(2, 'core', 1, 2, 'carrier-b', 'duct-1')];
  expect(copiesStayJoined.examine(surveyOf({ ...good(), links: sharing })).findings).toEqual([
    {
      rule: 'copies-stay-joined',
      path: 'riskGroups.duct-1',
      message: 'if duct-1 (Duct one) fails, s1 and s2 no longer hear each other: what is written is stored on one copy only',
      hint: 'lead a second line between them that shares nothing with the first, or accept it with scope riskGroups.duct-1 or class:duct',
      facts: { about: 'copies', sites: ['s1', 's2'] },
    },
  ]);
});

test('a site that is down with its line parts nobody', () => {
  const astray = [...without(good(), 2).links, link(2, 'core', 1, 2, 'carrier-b', 'building-1')];
  expect(messages(copiesStayJoined, { ...good(), links: astray })).toEqual([]);
});

test('two failures: what both cut and neither alone, by effect', () => {
  const { cases, cutting, effects } = surveyOf(good()).doubles();
  expect({ cases, cutting }).toEqual({ cases: 946, cutting: effects.reduce((sum, { pairs }) => sum + pairs.length, 0) });
  expect(effects.flatMap(({ pairs }) => pairs.map(pair => pair.join('+')))).toEqual(
    expect.arrayContaining(['s1+s2', 'l10+l11', 's1+l13', 's1+s3']),
  );
  expect(effects.flatMap(({ pairs }) => pairs.map(pair => pair.join('+')))).not.toContain('l10+l12');
  // The toy city has no system without a database: what only such systems would lose is no effect.
  expect(checkCity(toyCity(), '2026-06-01', () => undefined).doubleFailures.effects.filter(({ losses }) => losses.length === 0)).toEqual(
    [],
  );
});

const findings = (city: City) => [noSinglePointOfFailure, copiesStayJoined].flatMap(rule => rule.examine(surveyOf(city)).findings);

test('an accepted finding is listed, not reported', () => {
  const { problems, accepted } = applyAcceptances(toyCity(), findings(toyCity()), '2026-12-31');
  expect(problems).toEqual([]);
  expect(accepted.map(({ scope, findings: of }) => [scope, of.length])).toEqual([
    ['class:access', 3],
    ['aggregations.66', 1],
    ['aggregations.67', 1],
    ['class:carrier', 2],
    ['links.1', 1],
    ['riskGroups.duct-1', 1],
    ['class:carrier', 1],
  ]);
});

test('on the day it expires it is a problem again, and the hint says so', () => {
  const { problems, accepted } = applyAcceptances(toyCity(), findings(toyCity()), '2027-01-01');
  expect(accepted).toEqual([]);
  expect(problems.map(({ hint }) => hint)).toEqual(
    Array(10).fill('its acceptance expired on 2027-01-01: repair it, or accept it anew with a later date'),
  );
});

test('an acceptance without a finding is a problem', () => {
  const healed = { ...toyCity(), endpoints: toyCity().endpoints.filter(({ aggregation }) => aggregation !== 67) };
  expect(applyAcceptances(healed, findings(healed), '2026-12-31').problems).toEqual([
    {
      rule: 'stale-acceptance',
      path: 'accepted.2',
      message: 'it accepts no-single-point-of-failure of aggregations.67, and there is no such finding',
      hint: 'remove it',
    },
  ]);
});

test('the shipped city is clean, and says what it looked at', async () => {
  const { city, locate } = loadLocated(await readInventory('can-tho-2022'), DAY);
  const report = checkCity(city, '2026-12-01', locate);
  expect(report.problems).toEqual([]);
  expect(report.accepted.map(({ scope, findings: of }) => [scope, of.length])).toEqual([
    ['class:access', 138],
    ['class:aggregation', 10],
    ['class:building', 10],
    ['class:carrier', 3],
    ['links.10', 1],
    ['links.11', 1],
  ]);
  expect(report.checked.every(({ cases }) => cases > 0)).toBe(true);
  expect(report.doubleFailures).toMatchObject({ cases: (467 * 466) / 2, cutting: 379 });
  expect(report.counts).toMatchObject({
    sites: 3,
    'aggregation nodes': 10,
    endpoints: 138,
    ward: 83,
    'video points': 130,
    links: 249,
    systems: 10,
  });
  expect(report.assumed.links).toBe(249);
});

/** One mistake of each kind, planted in the shipped city: the finding that it must bring, and that nothing says without it. */
test.each<[string, (city: City) => City, string]>([
  [
    'both uplinks of n67 in one duct',
    city => ({ ...city, links: city.links.map(each => (each.number === 13 ? { ...each, riskGroups: ['carrier-b', 'duct-l12'] } : each)) }),
    'if duct-l12 (Duct of l12, n67 to s1) fails, 13 offices lose all 10 systems: e77, e78, e79 and 10 more',
  ],
  [
    'the second uplink of n67 forgotten',
    city => without(city, 13),
    'if l12 (n67–s1, carrier-b) fails, 13 offices lose all 10 systems: e77, e78, e79 and 10 more',
  ],
  [
    'the backup in the building of the primary',
    city => ({ ...city, sites: city.sites.map(each => (each.number === 2 ? { ...each, riskGroups: ['building-s1'] } : each)) }),
    'if building-s1 (Building of the primary site) fails, 138 offices lose all 10 systems: e77, e78, e79 and 135 more',
  ],
  [
    "the witness's power from the primary",
    city => ({ ...city, sites: city.sites.map(each => (each.number === 3 ? { ...each, riskGroups: ['power-s1'] } : each)) }),
    'if power-s1 (Power feed of the primary site) fails, 138 offices lose the 7 systems with a database: e77, e78, e79 and 135 more',
  ],
])('a planted mistake: %s', (_what, mistake, message) => {
  expect(messages(noSinglePointOfFailure, mistake(canTho))).toContain(message);
  expect(messages(noSinglePointOfFailure, canTho)).not.toContain(message);
});

test('a planted mistake: both lines between the copies in one duct', () => {
  const mistake = {
    ...canTho,
    links: canTho.links.map(each => (each.number === 2 ? { ...each, riskGroups: ['carrier-b', 'duct-l1'] } : each)),
  };
  expect(messages(copiesStayJoined, mistake)).toEqual([
    'if duct-l1 (Duct of l1, s1 to s2) fails, s1 and s2 no longer hear each other: what is written is stored on one copy only',
  ]);
  expect(messages(copiesStayJoined, canTho)).toEqual([]);
});

test('a planted mistake: the flow of the staff forgotten', () => {
  const mistake = { ...canTho, flows: canTho.flows.filter(({ why }) => why !== 'staff use every shared system') };
  expect(messages(officesAreServed, mistake)).toEqual(
    ['edoc-axis', 'warehouse', 'specialised', 'catalogue'].map(key => `no flow lets people at an office use ${key}, tcp 80`),
  );
  expect(messages(officesAreServed, canTho)).toEqual([]);
});
