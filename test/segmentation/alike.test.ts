/** What stands for others is judged as they are: examined one by one, every host is found wrong or right as its stand-in is. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAMILIES } from '../../infra/city/addresses.js';
import { load } from '../../infra/city/load/load.js';
import { nodeName, pathOf } from '../../infra/city/model.js';
import { examineFilters } from '../../infra/segmentation/findings/examine.js';
import { filtersOf, renderedFilters } from '../../infra/segmentation/nftables/filters.js';
import { type Likeness, likenessOf } from '../../infra/segmentation/symmetry/alike.js';
import { gatewayName, topologyOf } from '../../infra/site/topology.js';
import { DAY } from '../city/day.js';
import { largeInventory } from '../city/large-inventory.js';
import { cases, NIGHTLY } from '../nightly.js';

/** Behind three nodes. Examined one by one, offices cost with their square. */
const OFFICES = NIGHTLY ? 45 : 9;
const topology = topologyOf(load(largeInventory(OFFICES, 1, OFFICES / 3), DAY));
const { city, plan } = topology;
const texts = renderedFilters(topology);

/** Nothing is like anything. */
const alone: Likeness = {
  branches: city.aggregations.map(aggregation => [
    {
      aggregation,
      offices: new Map(city.endpoints.filter(office => office.aggregation === aggregation.number).map(each => [nodeName(each), [each]])),
    },
  ]),
  routers: city.aggregations.map(each => [each]),
};

/** The paths at which something is found, and how much was looked at. */
function examined(changed: ReadonlyMap<string, string>, likenessFor: typeof likenessOf) {
  const { findings, cases: walks } = examineFilters(topology, changed, likenessFor);
  const paths = findings.flatMap(({ path, message }) => [
    path,
    ...(/; likewise at (?:\d+ more: )?(.*)$/.exec(message)?.[1] ?? '').split(', ').flatMap(pathOfName),
  ]);
  return { walks, paths: [...new Set(paths)].toSorted() };
}

const pathOfName = (name: string): readonly string[] =>
  [...city.aggregations, ...city.endpoints].filter(node => nodeName(node) === name).map(pathOf);

const examinedAlone = (changed: ReadonlyMap<string, string>) => examined(changed, () => alone);
const examinedByKinds = (changed: ReadonlyMap<string, string>) => examined(changed, likenessOf);

test('a city has few kinds, and they count as many ways as all', () => {
  const { branches, routers } = likenessOf(topology, filtersOf(topology, texts));
  expect(branches.flatMap(([{ offices }]) => [...offices]).length).toBeLessThan(OFFICES / 3);
  expect(routers.length).toBeLessThan(city.aggregations.length);
  expect(examinedByKinds(texts)).toEqual(examinedAlone(texts));
});

const names = {
  sites: city.sites.map(gatewayName),
  aggregations: city.aggregations.map(gatewayName),
  offices: city.endpoints.map(gatewayName),
};
/** One host, or all of a kind. */
const hosts = fc.oneof(
  fc.constantFrom(...names.sites, ...names.aggregations).map(host => [host]),
  fc.constantFrom(...names.offices).map(host => [host]),
  fc.constantFrom(...Object.values(names)),
);
const office = fc.constantFrom(...city.endpoints);
const link = fc.constantFrom(...city.links);
const device = fc.constantFrom('iifname', 'oifname');
/** A rule that distinguishes some from others. */
const parting = fc.oneof(
  fc
    .record({ office, side: fc.constantFrom('saddr', 'daddr'), family: fc.constantFrom(...FAMILIES) })
    .map(
      ({ office, side, family }) => `${family === 'v4' ? 'ip' : 'ip6'} ${side} ${plan.segment(office.number, 'management')[family]} drop`,
    ),
  fc.constantFrom(...city.aggregations).map(({ number }) => `ip daddr ${plan.loopback(number).v4} drop`),
  fc.record({ link, device }).map(({ link: { number }, device }) => `${device} "l${number}" drop`),
  fc.record({ link, device }).map(({ link: { number }, device }) => `${device} "l${`${number}`.slice(0, 3)}*" drop`),
);
type Change = (all: Map<string, string>) => void;
const inAll = (hosts: readonly string[], change: (text: string) => string): Change => {
  return all => {
    for (const host of hosts) all.set(host, change(all.get(host) ?? ''));
  };
};
const planted: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ hosts, at: fc.nat() }).map(({ hosts, at }) =>
    inAll(hosts, text => {
      const lines = text.split('\n');
      const rules = lines.flatMap((line, index) => (/ (accept|drop)( comment.*)?$/.test(line) ? [index] : []));
      return lines.toSpliced(rules[at % rules.length] ?? 0, 1).join('\n');
    }),
  ),
  fc
    .record({ hosts, rule: parting, hook: fc.constantFrom('input', 'forward') })
    .map(({ hosts, rule, hook }) => inAll(hosts, text => text.replace(new RegExp(`(hook ${hook} .*\n)`), `$1    ${rule}\n`))),
);

test('whatever is planted', () => {
  fc.assert(
    fc.property(fc.array(planted, { minLength: 1, maxLength: 3 }), changes => {
      const changed = new Map(texts);
      for (const change of changes) change(changed);
      expect(examinedByKinds(changed)).toEqual(examinedAlone(changed));
    }),
    { numRuns: cases(12, 60) },
  );
});
