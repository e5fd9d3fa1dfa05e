import type { LinkKind, Node } from '../../model.js';
import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { problemAt, type Sound, soundOf } from '../entry.js';
import { elementsOf, isActive, type Numbered } from './elements.js';

type LinkEntry = Sound<NonNullable<Draft['links']['entries'][number]['value']>>;
type EndpointEntry = Sound<NonNullable<Draft['endpoints']['entries'][number]['value']>>;
type Name = { readonly letter: string; readonly number: number };

const LETTERS = { site: 's', aggregation: 'n', external: 'x', endpoint: 'e' } as const satisfies Record<Node['kind'], string>;

/** What each kind of link joins, first end first. */
const ALLOWED = {
  core: ['s–s', 'x–s'],
  uplink: ['n–s'],
  access: ['e–n'],
  internet: ['e–x'],
} as const satisfies Record<LinkKind, readonly string[]>;

/** Every link joins two different elements that exist and fit its kind; every office hangs on its aggregation node. */
export function checkEnds(draft: Draft): readonly Problem[] {
  const elements = firstByNumber(elementsOf(draft));
  const complete = [draft.sites, draft.aggregations, draft.externals, draft.endpoints].every(section => section.complete);
  const exists = (entry: LinkEntry | EndpointEntry, field: string, name: Name, mayBeIdle: boolean) =>
    complete ? checkName(entry, field, name, elements, mayBeIdle) : [];
  return [
    ...soundOf(draft.endpoints).flatMap(entry => [
      ...kindIs(entry, 'aggregation', entry.value.aggregation, 'n', 'an aggregation node'),
      ...exists(entry, 'aggregation', entry.value.aggregation, !isActive(entry)),
    ]),
    ...soundOf(draft.links).flatMap(link => [
      ...exists(link, 'from', link.value.from, !isActive(link)),
      ...exists(link, 'to', link.value.to, !isActive(link)),
      ...checkKind(link, elements),
    ]),
    ...(complete && draft.links.complete ? checkConnected(draft) : []),
  ];
}

/** Where a number is given twice, the later one is the mistake. */
const firstByNumber = (elements: readonly Numbered[]): ReadonlyMap<number, Numbered> =>
  new Map(elements.toReversed().map(element => [element.number, element]));

function checkName(
  entry: LinkEntry | EndpointEntry,
  field: string,
  { letter, number }: Name,
  elements: ReadonlyMap<number, Numbered>,
  mayBeIdle: boolean,
): readonly Problem[] {
  const element = elements.get(number);
  const name = `${letter}${number}`;
  if (element === undefined)
    return [problemAt(entry, field, 'unknown-element', `there is no element ${name}`, 'name one of the inventory, or add it')];
  const real = `${LETTERS[element.kind]}${number}`;
  if (real !== name) return [problemAt(entry, field, 'unknown-element', `there is no element ${name}`, `number ${number} is ${real}`)];
  if (mayBeIdle) return [];
  if (element.entry.state === 'retired')
    return [problemAt(entry, field, 'retired-element', `${name} is retired (validUntil)`, 'retire this one too, or point it elsewhere')];
  if (element.entry.state === 'planned')
    return [
      problemAt(entry, field, 'planned-element', `${name} is not there yet (validFrom)`, 'begin this one later too, or point it elsewhere'),
    ];
  return [];
}

function kindIs(entry: EndpointEntry, field: string, { letter, number }: Name, wanted: string, what: string): readonly Problem[] {
  if (letter === wanted) return [];
  return [problemAt(entry, field, 'wrong-kind', `found ${letter}${number}, expected ${what}`, `as ${wanted}66`)];
}

function checkKind(link: LinkEntry, elements: ReadonlyMap<number, Numbered>): readonly Problem[] {
  const { kind, from, to } = link.value;
  if (from.number === to.number)
    return [problemAt(link, 'to', 'equal-ends', `both ends are ${to.letter}${to.number}`, 'a link joins two different elements')];
  const shape = `${from.letter}–${to.letter}`;
  const allowed: readonly string[] = ALLOWED[kind];
  if (!allowed.includes(shape))
    return [
      problemAt(
        link,
        'kind',
        'wrong-ends',
        `a link of kind '${kind}' from ${from.letter}${from.number} to ${to.letter}${to.number}`,
        ENDS[kind],
      ),
    ];
  return [...checkAccess(link, elements), ...checkInternet(link, elements)];
}
const ENDS = {
  core: "'core' goes from a site or external (s, x) to a site (s)",
  uplink: "'uplink' goes from an aggregation node (n) to a site (s)",
  access: "'access' goes from an endpoint (e) to its aggregation node (n)",
  internet: "'internet' goes from an endpoint (e) to the external that plays the Internet (x)",
} as const satisfies Record<LinkKind, string>;

function checkAccess(link: LinkEntry, elements: ReadonlyMap<number, Numbered>): readonly Problem[] {
  const { kind, from, to } = link.value;
  const office = elements.get(from.number)?.entry.value as EndpointEntry['value'] | undefined;
  if (kind !== 'access' || office?.aggregation?.letter !== 'n' || office.aggregation.number === to.number || !isActive(link)) return [];
  return [
    problemAt(
      link,
      'to',
      'wrong-aggregation',
      `the access link of e${from.number} ends at ${to.letter}${to.number}, its aggregation node is n${office.aggregation.number}`,
      'correct the link, or the aggregation node in endpoints.csv',
    ),
  ];
}

function checkInternet(link: LinkEntry, elements: ReadonlyMap<number, Numbered>): readonly Problem[] {
  const { kind, to } = link.value;
  const external = elements.get(to.number)?.entry.value as { readonly role?: string } | undefined;
  if (kind !== 'internet' || external?.role === undefined || external.role === 'internet') return [];
  return [problemAt(link, 'to', 'wrong-ends', `x${to.number} plays '${external.role}'`, ENDS.internet)];
}

function checkConnected({ aggregations, endpoints, links }: Draft): readonly Problem[] {
  const starts = (kind: LinkKind) =>
    new Set(links.entries.filter(link => isActive(link) && (link.value?.kind ?? kind) === kind).map(link => link.value?.from.number));
  const [uplinks, accesses] = [starts('uplink'), starts('access')];
  // a link that could not be read may be the missing one
  if (uplinks.has(undefined)) return [];
  const missing = (entries: readonly Sound<unknown>[], found: ReadonlySet<number | undefined>, kind: LinkKind) =>
    entries
      .filter(entry => isActive(entry) && !found.has(Number(entry.key)))
      .map(entry =>
        problemAt(entry, '', 'no-link', `it has no link of kind '${kind}'`, 'add one to links.csv, or end this one with validUntil'),
      );
  return [...missing(soundOf(aggregations), uplinks, 'uplink'), ...missing(soundOf(endpoints), accesses, 'access')];
}
