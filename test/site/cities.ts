import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import type { City, Zone } from '../../infra/city/model.js';
import type { Layout } from '../../infra/site/host.js';
import { layoutFrom } from '../../infra/site/layout.js';
import { topologyOf } from '../../infra/site/topology.js';
import { DAY } from '../city/day.js';

/** As `up` and `render` lay a city out. */
export const layoutOf = (city: City): Layout => layoutFrom(topologyOf(city));

/** The shipped city, as `citydc up` takes it. */
export const canTho: City = load(await readInventory('can-tho-2022'), DAY);

/** The shipped city after the re-organisation of 2025. */
export const canTho2025: City = load(await readInventory('can-tho-2025'), DAY);

/** One aggregation node, a ward with an Internet line and a district office without, both externals, all three sites. */
const NODES: ReadonlySet<number> = new Set([67, 77, 160]);
/** One system with a database and one without. */
const SYSTEMS: ReadonlySet<string> = new Set(['portal', 'signatures']);

/** The shipped city cut down until every role and every kind of line is in it about once: its whole rendering can be read. */
export const smallCity: City = cutDown(canTho);

function cutDown(city: City): City {
  const aggregations = city.aggregations.filter(({ number }) => NODES.has(number));
  const endpoints = city.endpoints.filter(({ number }) => NODES.has(number));
  const kept = new Set([...city.sites, ...aggregations, ...city.externals, ...endpoints].map(({ number }) => number));
  const systems = city.systems.filter(({ key }) => SYSTEMS.has(key));
  return {
    ...city,
    id: 'toy',
    aggregations,
    endpoints,
    links: city.links.filter(({ ends }) => ends.every(end => kept.has(end))),
    systems,
    aws: city.aws && {
      ...city.aws,
      systems: city.aws.systems.filter(({ system }) => systems.some(({ number }) => number === system)),
      handoffs: city.aws.handoffs.filter(({ node }) => kept.has(node)),
    },
    flows: city.flows.map(flow => ({ ...flow, to: flow.to.filter(isKept) })).filter(({ to }) => to.length > 0),
  };
}

function isKept(zone: Zone): boolean {
  return !zone.startsWith('system.') || SYSTEMS.has(zone.slice('system.'.length));
}
