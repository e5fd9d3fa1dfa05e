/** What stands for others answers for them: examined one by one, every host is found wrong or right as its stand-in is. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { load } from '../../../infra/city/load/load.js';
import { nodeName } from '../../../infra/city/model.js';
import { type Likeness, likenessOf } from '../../../infra/site/filtering/alike.js';
import { deliveries } from '../../../infra/site/filtering/delivered.js';
import { filtersOf, renderedFilters } from '../../../infra/site/filtering/filters.js';
import { gatewayName, topologyOf } from '../../../infra/site/topology.js';
import { largeInventory } from '../../city/large-inventory.js';

const OFFICES = 60;
const topology = topologyOf(load(largeInventory(OFFICES)));
const { city, plan } = topology;
const texts = renderedFilters(topology);

/** Nothing is like anything. */
const nobody: Likeness = {
  branches: city.aggregations.map(aggregation => [
    {
      aggregation,
      offices: new Map(city.endpoints.filter(office => office.aggregation === aggregation.number).map(each => [nodeName(each), [each]])),
    },
  ]),
  routers: city.aggregations.map(each => [each]),
};

/** The paths of the hosts at which something is dropped, and the number of ways. */
function examined(changed: ReadonlyMap<string, string>, likenessFor: (filters: ReturnType<typeof filtersOf>) => Likeness) {
  const filters = filtersOf(topology, changed);
  const likeness = likenessFor(filters);
  const { problems, walks } = deliveries(topology, filters, likeness, 'v4');
  const paths = problems.flatMap(({ path }) => [path, ...likePaths(likeness, path)]);
  return { walks, paths: [...new Set(paths)].toSorted() };
}

function likePaths({ branches }: Likeness, path: string): readonly string[] {
  return branches.flatMap(([first, ...others]) => {
    if (path === `aggregations.${first.aggregation.number}`) return others.map(each => `aggregations.${each.aggregation.number}`);
    return [...first.offices].flatMap(([kind, group]) =>
      path === `endpoints.${group[0].number}`
        ? [...group, ...others.flatMap(each => each.offices.get(kind) ?? [])].map(({ number }) => `endpoints.${number}`)
        : [],
    );
  });
}

const examinedAlone = (changed: ReadonlyMap<string, string>) => examined(changed, () => nobody);
const examinedByKinds = (changed: ReadonlyMap<string, string>) => examined(changed, filters => likenessOf(topology, filters));

test('a city has few kinds, and they count as many ways as all', () => {
  const { branches, routers } = likenessOf(topology, filtersOf(topology, texts));
  expect(branches.flatMap(([{ offices }]) => [...offices]).length).toBeLessThan(OFFICES / 5);
  expect(routers.length).toBeLessThan(city.aggregations.length);
  expect(examinedByKinds(texts)).toEqual(examinedAlone(texts));
});

const hosts = [...city.sites, ...city.aggregations, ...city.endpoints].map(gatewayName);
const host = fc.oneof(
  fc.constantFrom(...city.sites.map(gatewayName)),
  fc.constantFrom(...city.aggregations.map(gatewayName)),
  fc.constantFrom(...hosts),
);
const link = fc.constantFrom(...city.links);
/** A rule that tells some apart from others. */
const parting = fc.oneof(
  fc
    .record({ number: fc.constantFrom(...city.endpoints), side: fc.constantFrom('saddr', 'daddr') })
    .map(({ number, side }) => `ip ${side} ${plan.segment(number.number, 'management').v4} drop`),
  fc.constantFrom(...city.aggregations).map(({ number }) => `ip daddr ${plan.loopback(number).v4} drop`),
  fc.record({ link, word: fc.constantFrom('iifname', 'oifname') }).map(({ link: { number }, word }) => `${word} "l${number}" drop`),
);
const planted = fc.oneof(
  fc.record({ host, at: fc.nat() }).map(({ host, at }) => (all: Map<string, string>) => {
    const lines = (all.get(host) ?? '').split('\n');
    const rules = lines.flatMap((line, index) => (/ (accept|drop)( comment.*)?$/.test(line) ? [index] : []));
    all.set(host, lines.toSpliced(rules[at % rules.length] ?? 0, 1).join('\n'));
  }),
  fc
    .record({ host, rule: parting, hook: fc.constantFrom('input', 'forward') })
    .map(({ host, rule, hook }) => (all: Map<string, string>) => {
      all.set(host, (all.get(host) ?? '').replace(new RegExp(`(hook ${hook} .*\n)`), `$1    ${rule}\n`));
    }),
);

test('whatever is planted', () => {
  fc.assert(
    fc.property(fc.array(planted, { minLength: 1, maxLength: 3 }), changes => {
      const changed = new Map(texts);
      for (const change of changes) change(changed);
      expect(examinedByKinds(changed)).toEqual(examinedAlone(changed));
    }),
    { numRuns: 30 },
  );
}, 120_000);
