import { type AddressPlan, addressPlan } from '../addresses.js';
import { ENDPOINT_SEGMENTS } from '../identity.js';
import { type City, type Endpoint, type Flow, type Link, linkName, nodeName, nodesOf } from '../model.js';
import { changesBetween, changesOf, type Fields, fieldsOf, type InventoryChange } from './fields.js';
import { type BrokenNumbers, brokenNumbers, systemName } from './identity.js';
import { compareSinglePoints, type SinglePoints } from './single-points.js';

interface Membership {
  readonly added: readonly string[];
  readonly retired: readonly string[];
  readonly changed: readonly InventoryChange[];
}

/** What changes between two inventories of one city. */
export interface CityDiff {
  readonly offices: Membership & { readonly renamed: readonly InventoryChange[]; readonly rehomed: readonly InventoryChange[] };
  readonly nodes: Membership;
  readonly links: Membership;
  readonly systems: Membership;
  /** Entries of the matrix, in words: flows have no number. */
  readonly flows: { readonly added: readonly string[]; readonly withdrawn: readonly string[] };
  /** All else that an inventory says: acceptances, capacity, tiers, totals, carriers, groups, targets, the city itself. */
  readonly others: readonly InventoryChange[];
  /** Elements whose single failure takes a system from an office. */
  readonly singlePointsOfFailure: SinglePoints;
  /** Of everything that stays: by the law of the plan, none changes. */
  readonly addresses: { readonly compared: number; readonly changed: readonly InventoryChange[] };
  /** What broke the law of numbers. */
  readonly numbers: BrokenNumbers;
}

/** Compares two cities by permanent number; names and codes are only attributes. */
export function diffCities(before: City, after: City): CityDiff {
  const { changed, ...offices } = compare(before.endpoints, after.endpoints, nodeName);
  return {
    offices: {
      ...offices,
      renamed: changed.filter(({ field }) => field === 'name.vi'),
      rehomed: changed.filter(({ field }) => field === 'aggregation').map(named('n')),
      changed: changed.filter(({ field }) => field !== 'name.vi' && field !== 'aggregation'),
    },
    nodes: compare(networkNodes(before), networkNodes(after), nodeName),
    links: compare(before.links.map(withoutCarrierGroup), after.links.map(withoutCarrierGroup), linkName),
    systems: compare(before.systems, after.systems, systemName),
    flows: compareFlows(before, after),
    others: compareOthers(before, after),
    singlePointsOfFailure: compareSinglePoints(before, after),
    addresses: compareAddresses(before, after),
    numbers: brokenNumbers(before, after),
  };
}

/** Elements by their numbers; their names are those of after the change. */
function compare<T extends { readonly number: number }>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (element: T) => string,
): Membership {
  const [was, is] = [before, after].map(list => new Map(list.map(each => [each.number, each]))) as [Map<number, T>, Map<number, T>];
  return {
    added: after.filter(({ number }) => !was.has(number)).map(nameOf),
    retired: before.filter(({ number }) => !is.has(number)).map(nameOf),
    changed: after.flatMap(element => {
      const former = was.get(element.number);
      return former === undefined ? [] : changesOf(nameOf(element), elementFields(former), elementFields(element));
    }),
  };
}

const elementFields = (element: object): Fields => fieldsOf(element, ['number']);

const named =
  (letter: string) =>
  ({ before, after, ...change }: InventoryChange): InventoryChange => ({
    ...change,
    before: `${letter}${before}`,
    after: `${letter}${after}`,
  });

/** A line's carrier is among its risk groups, too: one change is to be one change. */
const withoutCarrierGroup = (link: Link): Link => ({ ...link, riskGroups: link.riskGroups.filter(group => group !== link.carrier) });

const networkNodes = ({ sites, aggregations, externals }: City) => [...sites, ...aggregations, ...externals];

/** What a flow allows, whatever its reason says. */
function compareFlows(before: City, after: City): CityDiff['flows'] {
  const [was, is] = [before, after].map(({ flows }) => new Set(flows.map(flowInWords))) as [Set<string>, Set<string>];
  return { added: [...is].filter(flow => !was.has(flow)), withdrawn: [...was].filter(flow => !is.has(flow)) };
}

const flowInWords = ({ from, to, protocol, ports, over }: Flow): string =>
  `${from.join(', ')} to ${to.join(', ')}, ${[protocol, ports.join(', ')].join(' ').trim()}${over === 'internet-line' ? ", over offices' own Internet lines" : ''}`;

/** Everything that is no element, and no cell of the matrix. */
function compareOthers(before: City, after: City): readonly InventoryChange[] {
  const of = <T extends object>(what: string, list: (city: City) => readonly T[], nameOf: (part: T) => string) =>
    changesBetween(list(before), list(after), part => `${what} ${nameOf(part)}`.trim());
  return [
    ...of(
      'city',
      ({ id, name, timeZone }) => [{ id, name, timeZone }],
      () => '',
    ),
    ...SINGLE_PARTS.flatMap(part =>
      of(
        part,
        city => [city[part] ?? {}],
        () => '',
      ),
    ),
    ...of(
      'carrier',
      ({ carriers }) => carriers,
      ({ key }) => key,
    ),
    // Each carrier is a group of its own making, too.
    ...of(
      'risk group',
      ({ riskGroups }) => riskGroups.filter(({ kind }) => kind !== 'carrier'),
      ({ key }) => key,
    ),
    ...of(
      'tier',
      ({ tiers }) => tiers,
      ({ name }) => name,
    ),
    ...of(
      'Docker host',
      ({ dockerHosts }) => dockerHosts,
      ({ key }) => key,
    ),
    ...of(
      'acceptance of',
      ({ accepted }) => accepted,
      ({ rule, scope }) => `${rule} ${scope}`,
    ),
    ...of(
      'reason of flow',
      ({ flows }) => flows.map(flow => ({ flow: flowInWords(flow), why: flow.why })),
      ({ flow }) => flow,
    ).filter(({ field, before: was, after: is }) => field === 'why' && was !== '' && is !== ''),
  ];
}
const SINGLE_PARTS = ['plan', 'capacity', 'totals', 'failover', 'aws'] as const satisfies readonly (keyof City)[];

function compareAddresses(before: City, after: City): CityDiff['addresses'] {
  const [was, is] = [addressesOf(before), addressesOf(after)];
  const staying = [...was].filter(([of]) => is.has(of));
  return {
    compared: staying.length,
    changed: staying
      .map(([of, address]) => ({ ...splitKey(of), before: address, after: is.get(of) ?? '' }))
      .filter(change => change.before !== change.after),
  };
}

const splitKey = (key: string): Pick<InventoryChange, 'element' | 'field'> => {
  const [element = '', field = ''] = key.split('|');
  return { element, field };
};

/** Every address of a city by what it belongs to. */
function addressesOf(city: City): ReadonlyMap<string, string> {
  const plan = addressPlan(city.plan);
  const show = ({ v4, v6 }: { readonly v4: string; readonly v6: string }) => `${v4} ${v6}`;
  return new Map<string, string>([
    ...city.endpoints.flatMap(office =>
      segmentsOf(office, plan).map(([field, prefix]) => [`${nodeName(office)}|${field}`, show(prefix)] as const),
    ),
    ...[...nodesOf(city).values()].map(node => [`${nodeName(node)}|loopback`, show(plan.loopback(node.number))] as const),
    ...city.links.flatMap(link => plan.link(link.number).map((end, index) => [`${linkName(link)}|end ${index + 1}`, show(end)] as const)),
    ...city.systems.map(({ number }) => [`system ${number}|service`, show(plan.service(number))] as const),
    ...city.sites.map(site => [`${nodeName(site)}|lan`, show(plan.lan(site.number))] as const),
  ]);
}

const segmentsOf = ({ number }: Endpoint, plan: AddressPlan) =>
  ENDPOINT_SEGMENTS.map(segment => [segment, plan.segment(number, segment)] as const);
