import { type City, ENDPOINT_KINDS, LINK_KINDS, type LinkKind, linkName, type Node, nodeName } from '../../../infra/city/model.js';
import { type DiagramParts, fromAbove, linkNames, partsOf } from './parts.js';
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
    ...trunks.map(link => ({ kind: link.kind, ends: fromAbove(parts, link), label: linkName(link) })),
    ...groups.map(node => ({ kind: 'access' as const, ends: [nodeName(node), `${nodeName(node)}offices`] as const, label: '' })),
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

const labelOf = (node: Node): string => `${nodeName(node)}<br/>${escapeMermaid(node.name.vi)}`;
const classOf = (node: Node): string => (node.kind === 'site' ? node.role : node.kind);

/** How many offices of each class, and how many of them have an Internet line of their own. */
function countsOf(parts: DiagramParts, number: Node['number']): string {
  const behind = parts.offices.get(number) ?? [];
  const counts = ENDPOINT_KINDS.map(kind => ({ what: CLASS_WORDS[kind].vi, count: behind.filter(office => office.class === kind).length }));
  const own = behind.flatMap(office => linkNames(parts, office.number, 'internet')).length;
  return [...counts, { what: LINK_WORDS.internet.vi, count: own }]
    .filter(({ count }) => count > 0)
    .map(({ what, count }) => `${escapeMermaid(what)}: ${count}`)
    .join('<br/>');
}

const linkStyles = (edges: readonly Edge[]): readonly string[] =>
  LINK_KINDS.map(kind => ({ kind, of: edges.flatMap((edge, index) => (edge.kind === kind ? [index] : [])) }))
    .filter(({ of }) => of.length > 0)
    .map(({ kind, of }) => `  linkStyle ${of.join(',')} stroke:${LINK_COLOURS[kind]},stroke-width:2px`);

/** Text inside a quoted label: whatever Mermaid or its Markdown would take for a sign becomes an entity of its own kind, `#35;`. */
const escapeMermaid = (text: string): string => text.replace(/[^\p{L}\p{M}\p{N} .,:;()/-]/gu, character => `#${character.codePointAt(0)};`);
