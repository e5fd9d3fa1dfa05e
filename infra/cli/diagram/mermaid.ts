import { type City, ENDPOINT_KINDS, LINK_KINDS, type Link, type LinkKind, linkName, type Node, nodeName } from '../../city/model.js';
import { nameIn, type Parts, partsOf } from './parts.js';
import { LINK_COLOURS, NODE_COLOURS, SITE_COLOURS } from './style.js';
import { CLASS_WORDS, LINK_WORDS } from './words.js';

/**
 * The network as a Mermaid flowchart, names in Vietnamese. The offices behind a node are one box with their counts: Mermaid draws
 * at most 500 edges, and a page reads no more.
 */
export function mermaid(city: City): string {
  const parts = partsOf(city);
  const trunks = city.links.filter(({ kind }) => kind === 'core' || kind === 'uplink');
  const groups = city.aggregations.filter(({ number }) => parts.offices.has(number));
  const edges: readonly Edge[] = [
    ...trunks.map(link => ({ kind: link.kind, ends: endsOf(parts, link), label: linkName(link) })),
    ...groups.map(node => ({ kind: 'access' as const, ends: [nodeName(node), `${nodeName(node)}offices`] as const, label: '' })),
    ...internetEdges(parts, groups),
  ];
  return [
    '%% The network of a city, written by citydc render diagram',
    'flowchart TB',
    ...[...city.externals, ...city.sites, ...city.aggregations].map(node => `  ${nodeName(node)}["${labelOf(node)}"]:::${classOf(node)}`),
    ...groups.map(({ number, kind }) => `  ${nodeName({ number, kind })}offices["${countsOf(parts, number)}"]:::offices`),
    ...edges.map(({ ends: [a, b], label }) => `  ${a} ---${label === '' ? '' : `|"${escapeMermaid(label)}"|`} ${b}`),
    ...linkStyles(edges),
    ...Object.entries({ ...SITE_COLOURS, ...NODE_COLOURS }).map(
      ([name, colour]) => `  classDef ${name} fill:${colour},stroke:#fff,color:#fff`,
    ),
    '  classDef offices fill:#fff,stroke:#9aa5b1,color:#111827',
    '',
  ].join('\n');
}

interface Edge {
  readonly kind: LinkKind;
  readonly ends: readonly [string, string];
  readonly label: string;
}

const endsOf = (parts: Parts, { ends: [a, b] }: Link): readonly [string, string] => [nameIn(parts, b), nameIn(parts, a)];

const labelOf = (node: Node): string => `${nodeName(node)}<br/>${escapeMermaid(node.name.vi)}`;
const classOf = (node: Node): string => (node.kind === 'site' ? node.role : node.kind);

function countsOf({ offices }: Parts, number: Node['number']): string {
  const behind = offices.get(number) ?? [];
  return ENDPOINT_KINDS.map(kind => ({ kind, count: behind.filter(office => office.class === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${escapeMermaid(CLASS_WORDS[kind].vi)}: ${count}`)
    .join('<br/>');
}

/** One for all own Internet lines behind a node. */
function internetEdges({ links, offices, city }: Parts, groups: readonly Node[]): readonly Edge[] {
  const internet = city.externals.find(({ role }) => role === 'internet');
  if (internet === undefined) return [];
  return groups.flatMap(node => {
    const lines = (offices.get(node.number) ?? []).flatMap(office =>
      (links.get(office.number) ?? []).filter(({ kind }) => kind === 'internet'),
    );
    const ends = [`${nodeName(node)}offices`, nodeName(internet)] as const;
    return lines.length === 0 ? [] : [{ kind: 'internet' as const, ends, label: `${LINK_WORDS.internet.vi}: ${lines.length}` }];
  });
}

const linkStyles = (edges: readonly Edge[]): readonly string[] =>
  LINK_KINDS.map(kind => ({ kind, of: edges.flatMap((edge, index) => (edge.kind === kind ? [index] : [])) }))
    .filter(({ of }) => of.length > 0)
    .map(({ kind, of }) => `  linkStyle ${of.join(',')} stroke:${LINK_COLOURS[kind]},stroke-width:2px`);

/** Text inside a quoted label: whatever Mermaid or its Markdown would take for a sign becomes an entity of its own kind, `#35;`. */
const escapeMermaid = (text: string): string => text.replace(/[^\p{L}\p{M}\p{N} .,:;()/-]/gu, character => `#${character.codePointAt(0)};`);
