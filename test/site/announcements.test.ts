import { expect, test } from 'vitest';
import { examineAnnouncements, sessionsOf } from '../../infra/site/announcements.js';
import { bgpdOf } from '../../infra/site/programs/frr.js';
import { topologyOf } from '../../infra/site/topology.js';
import { canTho } from './cities.js';

const topology = topologyOf(canTho);
const router = topology.machines.find(({ name }) => name === 's1-router1');
if (router === undefined) throw new Error('the city has no s1-router1');
const text = bgpdOf(topology, router.node);

/** What is wrong of n67 after a change of the text, in both families. */
const wrongWith = (from: string | RegExp, to: string): readonly (readonly [readonly string[], readonly string[]])[] => {
  expect(text).toMatch(from);
  return sessionsOf(topology, router, text.replace(from, to))
    .filter(({ neighbour }) => neighbour.number === 67)
    .map(({ taken, owned }) => [taken.filter(prefix => !owned.includes(prefix)), owned.filter(prefix => !taken.includes(prefix))]);
};

test('as it is rendered, every neighbour can announce its own and nothing else, at both sites', () => {
  const { cases, findings } = examineAnnouncements(topology);
  expect(findings).toEqual([]);
  const others = 1 + canTho.aggregations.length + canTho.externals.length;
  expect(cases).toBe(2 * 2 * others);
});

/** Offices 80 to 87 of n67 are one block of each segment. */
const BLOCK = 'ip prefix-list N67 seq 800 permit 10.64.80.0/21 ge 24 le 24';

test('offices in a row are one entry, and read as what they are', () => {
  const [v4] = sessionsOf(topology, router, text).filter(({ neighbour }) => neighbour.number === 67);
  expect(text).toContain(`${BLOCK}\n`);
  expect(v4?.taken.toSorted()).toEqual(v4?.owned.toSorted());
});

test('an office of another node is found', () =>
  expect(wrongWith(BLOCK, BLOCK.replace('10.64.80.0/21', '10.64.80.0/20'))[0]?.[0]).toEqual(
    Array.from({ length: 8 }, (_, index) => `10.64.${88 + index}.0/24`),
  ));
test('an office that is left out is found', () =>
  expect(wrongWith(BLOCK, BLOCK.replace('10.64.80.0/21', '10.64.80.0/22'))[0]?.[1]).toEqual(
    Array.from({ length: 4 }, (_, index) => `10.64.${84 + index}.0/24`),
  ));
test('more specific prefixes are found', () =>
  expect(wrongWith(BLOCK, BLOCK.replace('le 24', 'le 32'))[0]?.[0]).toEqual(['10.64.80.0/21 ge 24 le 32']));
test('a map that demands no path of its own lets anything through', () =>
  expect(
    wrongWith(
      'route-map N67-IN permit 10\n match ip address prefix-list N67\n match as-path ONE-HOP',
      'route-map N67-IN permit 10\n match ip address prefix-list N67',
    )[0]?.[0],
  ).toEqual(['any']));
test('a neighbour without a map lets anything through', () =>
  expect(wrongWith(/^ {2}neighbor 10\.96\.0\.24 route-map N67-IN in\n/m, '')[0]?.[0]).toEqual(['any']));
test('a map that is not there takes nothing', () =>
  expect(wrongWith(/^ {2}neighbor 10\.96\.0\.24 route-map N67-IN in$/m, '  neighbor 10.96.0.24 route-map N99-IN in')[0]?.[1]).toHaveLength(
    53,
  ));
