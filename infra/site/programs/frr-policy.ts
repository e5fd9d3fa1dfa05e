/**
 * Prefix lists and route maps of a router's bgpd. A data-centre site takes from a neighbour exactly the prefixes that the model gives it;
 * what it takes from the other data centre is what anybody owns. The others take from a site whole segments, LANs and single addresses.
 */

import { ANNOUNCEMENT_METRICS } from '../../../agents/contract/announcer.js';
import { asnOf, FAMILIES, type Family } from '../../city/addresses.js';
import { ENDPOINT_SEGMENTS } from '../../city/identity.js';
import { type City, type Node, nodeName, type Site } from '../../city/model.js';
import { ANNOUNCEMENTS, EXCHANGES, isDataCentre, type Policy, PREPENDS, policyFor, type RouteClass } from '../../city/routing/policy.js';
import { runsOf } from '../../city/runs.js';
import { officesOf, type Topology } from '../topology.js';

/** By family, as FRR writes it: the address family, and the word that lists and matches of its prefixes begin with. */
export const FRR_WORDS = { v4: { family: 'ipv4', ip: 'ip' }, v6: { family: 'ipv6', ip: 'ipv6' } } as const satisfies Record<
  Family,
  { family: string; ip: string }
>;

/** The route maps of a session, and the most prefixes that it may bring. */
export interface SessionPolicy {
  readonly from: string;
  readonly to: string;
  readonly most: number;
}

/** The policy of a node towards its neighbour `far`. */
export function mapsFor(family: Family, topology: Topology, node: Node, far: Node): SessionPolicy {
  const policy = policyFor(node, far);
  const from = EXCHANGES[policy].accepts === 'own' ? listOf(far) : policy.toUpperCase();
  const owned = EXCHANGES[policy].accepts === 'own' ? ownPrefixes(family, topology, far).length : ownedByAll(topology);
  return { from: `${from}-IN`, to: `${policy.toUpperCase()}-OUT`, most: roomFor(owned) };
}

/** Powers of two, and four times as many as there should be: it bounds memory, and an office more changes no router's limit. */
const roomFor = (prefixes: number): number => 2 ** Math.ceil(Math.log2(4 * prefixes + 64));

const ownedByAll = ({ city }: Topology): number =>
  city.endpoints.length * ENDPOINT_SEGMENTS.length + 2 * speakersIn(city).length + city.systems.length;

/** Every definition that the sessions of a node with these neighbours name. */
export const policyDefinitions = (topology: Topology, node: Node, neighbours: readonly Node[]): readonly string[] => {
  const lists = listsAt(topology, node);
  return [
    ...FAMILIES.flatMap(family => prefixLists(family, lists[family])),
    'bgp as-path access-list ONE-HOP seq 5 permit ^[0-9]+$',
    '!',
    ...routeMaps(topology, node, neighbours, lists),
    '!',
  ];
};

/** An entry of a prefix list. Its number comes from what it is about: one more or less changes few others. */
interface Permitted {
  readonly seq: number;
  readonly prefix: string;
}
type Lists = Readonly<Record<string, readonly Permitted[]>>;
type ListsOfBoth = Readonly<Record<Family, Lists>>;

const listsAt = (topology: Topology, node: Node): ListsOfBoth => ({ v4: listsIn('v4', topology, node), v6: listsIn('v6', topology, node) });

function listsIn(family: Family, topology: Topology, node: Node): Lists {
  const owners = isDataCentre(node) ? othersIn(topology.city, node).map(other => [listOf(other), ownEntries(family, topology, other)]) : [];
  return { ...classLists(family, topology), OWN: ownEntries(family, topology, node), ...Object.fromEntries(owners) };
}

/** Spans of the plan by what they are: whole segments, LANs and single addresses, and nothing inside them. */
function classLists(family: Family, { plan, city }: Topology): Readonly<Record<string, readonly Permitted[]>> {
  const lengthOf = (prefix: string) => prefix.split('/')[1];
  const exactly = (span: string, bits: string | number | undefined) => `${span} ge ${bits} le ${bits}`;
  const lists = {
    endpoints: ENDPOINT_SEGMENTS.map(segment => exactly(plan.segmentSpan(segment)[family], lengthOf(plan.segment(0, segment)[family]))),
    services: city.systems.map(({ number }) => `${plan.service(number)[family]}/${HOST_BITS[family]}`),
    lans: [exactly(plan.lansSpan()[family], lengthOf(plan.lan(1)[family]))],
    loopbacks: [`${plan.loopbacksSpan()[family]} ge ${HOST_BITS[family]}`],
    externals: family === 'v4' ? city.externals.flatMap(({ prefixes }) => prefixes) : [],
  } as const satisfies Record<RouteClass, readonly string[]>;
  return Object.fromEntries(Object.entries(lists).map(([name, prefixes]) => [name.toUpperCase(), numbered(prefixes)]));
}
const HOST_BITS = { v4: 32, v6: 128 } as const satisfies Record<Family, number>;

const numbered = (prefixes: readonly string[]): readonly Permitted[] => prefixes.map((prefix, index) => ({ seq: 5 + 5 * index, prefix }));

/** Nodes whose routers speak BGP. */
const speakersIn = ({ sites, aggregations, externals }: City): readonly Node[] => [...sites, ...aggregations, ...externals];
const othersIn = (city: City, node: Node): readonly Node[] => speakersIn(city).filter(({ number }) => number !== node.number);
/** The list of what a node owns. */
const listOf = (node: Node): string => nodeName(node).toUpperCase();

/** The prefixes that a node originates. */
export function ownPrefixes(family: Family, { plan, city }: Pick<Topology, 'plan' | 'city'>, node: Node): readonly string[] {
  const loopback = `${plan.loopback(node.number)[family]}/${HOST_BITS[family]}`;
  switch (node.kind) {
    case 'site':
      return [plan.lan(node.number)[family], loopback];
    case 'aggregation':
      return [
        loopback,
        ...officesOf(city, node.number).flatMap(office => ENDPOINT_SEGMENTS.map(segment => plan.segment(office.number, segment)[family])),
      ];
    case 'external':
      return [loopback, ...(family === 'v4' ? node.prefixes : [])];
    case 'endpoint':
      return [];
  }
}

/**
 * Exactly the prefixes of a node, in as few entries as there are: FRR 8.4 takes the square of their number to read them (1,200 in 7 s of
 * processor time). Offices with numbers in a row are one block of whole segments, since an office's address is its number.
 */
function ownEntries(family: Family, topology: Topology, node: Node): readonly Permitted[] {
  if (node.kind !== 'aggregation') return numbered(ownPrefixes(family, topology, node));
  const { plan, city } = topology;
  const blocks = blocksOf(officesOf(city, node.number).map(({ number }) => number));
  return [
    { seq: 5, prefix: `${plan.loopback(node.number)[family]}/${HOST_BITS[family]}` },
    ...blocks.flatMap(({ first, bits }) =>
      ENDPOINT_SEGMENTS.map((segment, index) => ({
        seq: 10 * first + index,
        prefix: wholeSegments(plan.segment(first, segment)[family], bits),
      })),
    ),
  ];
}

function wholeSegments(segment: string, bits: number): string {
  const [address, length] = segment.split('/');
  return bits === 0 ? segment : `${address}/${Number(length) - bits} ge ${length} le ${length}`;
}

/** Numbers as blocks of 2^bits that begin at a multiple of their size: what one prefix can cover. */
function blocksOf(numbers: readonly number[]): readonly { readonly first: number; readonly bits: number }[] {
  return runsOf(numbers).flatMap(([first, last]) => {
    const blocks: { first: number; bits: number }[] = [];
    for (let next = first; next <= last; next += 2 ** (blocks.at(-1)?.bits ?? 0)) {
      let bits = 0;
      while (next % 2 ** (bits + 1) === 0 && next + 2 ** (bits + 1) - 1 <= last) bits++;
      blocks.push({ first: next, bits });
    }
    return blocks;
  });
}

const prefixLists = (family: Family, lists: Lists): readonly string[] =>
  Object.entries(lists).flatMap(([name, permitted]) =>
    permitted.map(({ seq, prefix }) => `${FRR_WORDS[family].ip} prefix-list ${name} seq ${seq} permit ${prefix}`),
  );

function routeMaps(topology: Topology, node: Node, neighbours: readonly Node[], lists: ListsOfBoth): readonly string[] {
  if (!isDataCentre(node)) return [...inMap('SITE', classesTaken('site'), lists), ...outMap('site', lists)];
  const owners = neighbours.filter(far => EXCHANGES[policyFor(node, far)].accepts === 'own');
  const policies: readonly Policy[] = ['centre', 'witness', 'aggregation', 'national', 'internet'];
  return [
    ...inMap('CENTRE', [...othersIn(topology.city, node).map(listOf), 'SERVICES'], lists),
    ...owners.flatMap(far => [...inMap(listOf(far), [listOf(far)], lists, [' match as-path ONE-HOP']), ...refusal(listOf(far))]),
    ...policies.flatMap(policy => outMap(policy, lists)),
    ...routeMap('SERVICES', serviceEntries(node), lists),
  ];
}

/** What no entry permits is refused anyway; one that says so counts it, by neighbour: FRR itself keeps no such count. */
const refusal = (name: string): readonly string[] => [`route-map ${name}-IN deny ${REFUSAL}`, 'exit'];
/** The last number there is. */
const REFUSAL = 65535;

/** An entry of a route map: what it permits, and what else it asks and sets. */
interface Entry {
  readonly list: string;
  readonly lines: readonly string[];
}

/** Every entry once a family, where that has such prefixes at all: a route map is the same policy for both. */
function routeMap(name: string, entries: readonly Entry[], lists: ListsOfBoth): readonly string[] {
  const ofFamilies = entries.flatMap(entry =>
    FAMILIES.filter(family => (lists[family][entry.list] ?? []).length > 0).map(family => ({ ...entry, family })),
  );
  return ofFamilies.flatMap(({ list, lines, family }, index) => [
    `route-map ${name} permit ${10 + 10 * index}`,
    ` match ${FRR_WORDS[family].ip} address prefix-list ${list}`,
    ...lines,
    'exit',
  ]);
}

const inMap = (name: string, permitted: readonly string[], lists: ListsOfBoth, lines: readonly string[] = []): readonly string[] =>
  routeMap(
    `${name}-IN`,
    permitted.map(list => ({ list, lines })),
    lists,
  );

const classesTaken = (policy: Policy): readonly string[] => {
  const { accepts } = EXCHANGES[policy];
  return accepts === 'own' ? [] : accepts.map(each => each.toUpperCase());
};

function outMap(policy: Policy, lists: ListsOfBoth): readonly string[] {
  const { sends } = EXCHANGES[policy];
  const permitted = sends === 'own' ? ['OWN'] : sends.map(each => each.toUpperCase());
  return routeMap(
    `${policy.toUpperCase()}-OUT`,
    permitted.map(list => ({ list, lines: [] })),
    lists,
  );
}

/** The announcer's kernel routes become BGP routes; their metric says how. `prepend last-as` does nothing on own routes: explicit ASNs. */
const serviceEntries = (site: Site): readonly Entry[] =>
  ANNOUNCEMENTS.map(how => {
    const prepends = PREPENDS[site.role][how];
    return {
      list: 'SERVICES',
      lines: [
        ` match metric ${ANNOUNCEMENT_METRICS[how]}`,
        ' set metric 0',
        ...(prepends === 0 ? [] : [` set as-path prepend ${Array(prepends).fill(asnOf(site.number)).join(' ')}`]),
      ],
    };
  });
