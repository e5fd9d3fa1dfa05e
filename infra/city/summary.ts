import { type City, ENDPOINT_KINDS, LINK_KINDS } from './model.js';

/** How many of everything, in the order of the report. */
export function countElements(city: City): Readonly<Record<string, number>> {
  const byClass = ENDPOINT_KINDS.map(kind => [kind, city.endpoints.filter(endpoint => endpoint.class === kind).length] as const);
  const byKind = LINK_KINDS.map(kind => [`${kind} links`, city.links.filter(link => link.kind === kind).length] as const);
  const { planned, retired, totals } = city;
  return {
    sites: city.sites.length,
    'aggregation nodes': city.aggregations.length,
    externals: city.externals.length,
    endpoints: city.endpoints.length,
    ...Object.fromEntries(byClass),
    links: city.links.length,
    ...Object.fromEntries(byKind),
    carriers: city.carriers.length,
    'shared-risk groups': city.riskGroups.length,
    systems: city.systems.length,
    flows: city.flows.length,
    'video points': city.endpoints.reduce((sum, { videoPoints }) => sum + videoPoints, 0),
    certificates: totals.certificates.total,
    planned: planned.elements.length + planned.links.length + planned.systems.length,
    retired: retired.elements.length + retired.links.length + retired.systems.length,
  };
}

/** Facts that are not confirmed, by section; `*` counts as one. */
export function countAssumed(city: City): Readonly<Record<string, number>> {
  const { sites, aggregations, externals, endpoints, links, carriers, riskGroups, dockerHosts, systems, capacity, aws } = city;
  const count = (items: readonly { readonly assumed: readonly string[] }[]) => items.reduce((sum, { assumed }) => sum + assumed.length, 0);
  const sections = {
    sites,
    aggregations,
    externals,
    endpoints,
    links,
    carriers,
    riskGroups,
    dockerHosts,
    systems,
    capacity: [capacity],
    aws: aws === undefined ? [] : [aws],
  };
  return Object.fromEntries(
    Object.entries(sections).map(([name, items]) => [name, count(name === 'riskGroups' ? ownGroups(city) : items)]),
  );
}

/** A carrier's own group repeats what the carrier says. */
const ownGroups = ({ riskGroups }: City): City['riskGroups'] => riskGroups.filter(({ kind }) => kind !== 'carrier');
