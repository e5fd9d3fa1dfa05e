import fc from 'fast-check';
import type { ElementNumber } from '../../infra/city/identity.js';
import type { City, Endpoint, Link, Site } from '../../infra/city/model.js';
import { link, toyCity } from './toy.js';

/** Cities of up to three aggregation nodes whose wiring, votes, databases and risk groups are drawn at random; most are bad designs. */
export const smallCities: fc.Arbitrary<City> = fc
  .record({
    hosts: fc.tuple(hosts(), hosts(), hosts()),
    core: fc.subarray([
      [1, 2],
      [1, 2],
      [3, 1],
      [3, 2],
    ] as const),
    uplinks: fc.array(fc.tuple(fc.constantFrom(66, 67, 68), fc.constantFrom(1, 2, 3)), { maxLength: 7 }),
    offices: fc.array(fc.constantFrom(66, 67, 68), { minLength: 1, maxLength: 4 }),
    groups: fc.array(fc.array(fc.nat(20), { maxLength: 5 }), { maxLength: 3 }),
  })
  .map(build);

function hosts() {
  return fc.record({
    etcd: fc.constantFrom<readonly number[]>([], [1], [1], [1, 2]),
    database: fc.constantFrom<readonly number[]>([], [1], [1, 2]),
    router: fc.constantFrom<readonly number[]>([1], [1], [1], []),
    edge: fc.constantFrom<readonly number[]>([1], [1], []),
    application: fc.constantFrom<readonly number[]>([1], [1, 2], []),
  });
}

interface Drawn {
  readonly hosts: readonly Partial<Site['hosts']>[];
  readonly core: readonly (readonly [number, number])[];
  readonly uplinks: readonly (readonly [number, number])[];
  readonly offices: readonly number[];
  readonly groups: readonly (readonly number[])[];
}

/** Each group holds what its numbers point at, in one list of all sites, aggregation nodes, offices and links. */
function build({ hosts, core, uplinks, offices, groups }: Drawn): City {
  const toy = toyCity();
  const [aggregation] = toy.aggregations as [City['aggregations'][number]];
  const [office] = toy.endpoints as [Endpoint];
  const links: Link[] = [
    ...core.map(([a, b], index) => link(1 + index, 'core', a, b)),
    ...uplinks.map(([a, b], index) => link(10 + index, 'uplink', a, b)),
    ...offices.map((node, index) => link(100 + index, 'access', 100 + index, node)),
  ];
  const nodes = [
    ...toy.sites.map((site, index) => ({ ...site, hosts: { ...site.hosts, ...hosts[index] } })),
    ...[66, 67, 68].map(number => ({ ...aggregation, number: number as ElementNumber })),
    ...offices.map((node, index) => ({ ...office, number: (100 + index) as ElementNumber, aggregation: node as ElementNumber })),
  ];
  const parts = [...nodes, ...links];
  const groupsOf = (index: number) => groups.flatMap((members, group) => (members.includes(index) ? [`duct-${group}`] : []));
  const grouped = parts.map((part, index) => ({ ...part, riskGroups: groupsOf(index) }));
  return {
    ...toy,
    sites: grouped.slice(0, 3) as Site[],
    aggregations: grouped.slice(3, 6) as City['aggregations'],
    externals: [],
    endpoints: grouped.slice(6, nodes.length) as Endpoint[],
    links: grouped.slice(nodes.length) as Link[],
    riskGroups: groups.map((_, group) => ({ key: `duct-${group}`, kind: 'duct', name: `Duct ${group}`, assumed: [] })),
  };
}
