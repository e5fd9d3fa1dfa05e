import { expect, test } from 'vitest';
import { applyAcceptances } from '../../infra/city/acceptance.js';
import { checkCity } from '../../infra/city/check.js';
import { loadLocated } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import type { City } from '../../infra/city/model.js';
import { officeHasTwoUplinks } from '../../infra/city/rules/office-has-two-uplinks.js';
import { survivesOneRiskGroup } from '../../infra/city/rules/survives-one-risk-group.js';
import { link, toyCity } from './toy.js';

const without = (city: City, ...numbers: number[]): City => ({
  ...city,
  links: city.links.filter(({ number }) => !numbers.includes(number)),
});

test('an aggregation node with two carriers to two sites survives', () =>
  expect(survivesOneRiskGroup.examine(toyCity())).toEqual({ findings: [], cases: 8 }));

test('a shared duct is named, with the way out', () => {
  const city = toyCity();
  const sharing = {
    ...city,
    links: city.links.map(each => (each.kind === 'uplink' ? { ...each, riskGroups: [...each.riskGroups, 'duct-7'] } : each)),
  };
  expect(survivesOneRiskGroup.examine(sharing).findings[0]).toEqual({
    rule: 'survives-one-risk-group',
    path: 'aggregations.66',
    message: "n66 (Node A) is cut off when 'duct-7' fails",
    hint: "give it an uplink to a site that does not share 'duct-7'",
  });
});

test('the building of a site is a risk group of the uplinks that end there', () => {
  const oneSite = { ...without(toyCity(), 11), links: [...without(toyCity(), 11).links, link(20, 'uplink', 66, 1, 'carrier-b')] };
  expect(survivesOneRiskGroup.examine(oneSite).findings.map(({ message }) => message)).toEqual([
    "n66 (Node A) is cut off when 'building-1' fails",
  ]);
});

test('the witness serves nobody, so an uplink to it counts for nothing', () => {
  const city = without(toyCity(), 11);
  const toWitness = { ...city, links: [...city.links, link(20, 'uplink', 66, 3, 'carrier-b')] };
  expect(survivesOneRiskGroup.examine(toWitness).findings).toHaveLength(1);
});

test("a node's own building does not cut it off: then it is down", () => {
  const city = without(toyCity(), 11);
  const oneBuilding = { ...city, links: [...city.links, link(20, 'uplink', 66, 2, 'building-66')] };
  const inside = {
    ...oneBuilding,
    links: oneBuilding.links.map(each => (each.ends[0] === 66 ? { ...each, riskGroups: ['building-66'] } : each)),
  };
  const node = (riskGroups: string[]) => inside.aggregations.map(each => (each.number === 66 ? { ...each, riskGroups } : each));
  expect(survivesOneRiskGroup.examine({ ...inside, aggregations: node([]) }).findings).toHaveLength(1);
  expect(survivesOneRiskGroup.examine({ ...inside, aggregations: node(['building-66']) }).findings).toEqual([]);
});

test('an office with one access link is named', () => {
  const city = toyCity();
  const twice = { ...city, links: [...city.links, link(200, 'access', 100, 66, 'carrier-b'), link(201, 'access', 101, 67, 'carrier-a')] };
  expect(officeHasTwoUplinks.examine(twice)).toEqual({
    cases: 3,
    findings: [
      {
        rule: 'office-has-two-uplinks',
        path: 'endpoints.102',
        message: 'e102 (Department of one, two) has 1 access link, two are needed',
        hint: "add one to links.csv over another carrier, or accept it under 'accepted' with scope class:department",
      },
    ],
  });
});

const findings = (city: City) => officeHasTwoUplinks.examine(city).findings;

test('an accepted finding is listed, not reported', () => {
  const { problems, accepted } = applyAcceptances(toyCity(), findings(toyCity()), '2026-12-31');
  expect(problems).toEqual([]);
  expect(accepted.map(({ scope, findings: of }) => [scope, of.length])).toEqual([
    ['class:ward', 2],
    ['endpoints.102', 1],
  ]);
});

test('on the day it expires it is a problem again, and the hint says so', () => {
  const { problems, accepted } = applyAcceptances(toyCity(), findings(toyCity()), '2027-01-01');
  expect(accepted).toEqual([]);
  expect(problems.map(({ hint }) => hint)).toEqual(
    Array(3).fill('its acceptance expired on 2027-01-01: repair it, or accept it anew with a later date'),
  );
});

test('an acceptance without a finding is a problem', () => {
  const healed = { ...toyCity(), endpoints: toyCity().endpoints.filter(({ number }) => number !== 102) };
  expect(applyAcceptances(healed, findings(healed), '2026-12-31').problems).toEqual([
    {
      rule: 'stale-acceptance',
      path: 'accepted.1',
      message: 'it accepts office-has-two-uplinks of endpoints.102, and there is no such finding',
      hint: 'remove it',
    },
  ]);
});

test('the shipped city is clean, and says what it looked at', async () => {
  const { city, locate } = loadLocated(await readInventory('can-tho-2022'));
  const report = checkCity(city, '2026-12-01', locate);
  expect(report.problems).toEqual([]);
  expect(report.accepted.map(({ scope, findings: of }) => [scope, of.length])).toEqual([
    ['class:ward', 83],
    ['class:district', 9],
    ['class:department', 19],
    ['class:agency', 3],
    ['class:party', 18],
    ['class:socio-political', 6],
  ]);
  expect(report.checked.every(({ cases }) => cases > 0)).toBe(true);
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
