import { type City, type Link, linkName, type Node, nodeName } from '../../../infra/city/model.js';
import { type DiagramParts, fromAbove, partsOf } from './parts.js';
import { CLASS_COLOURS, LINK_COLOURS, NODE_COLOURS, SITE_COLOURS } from './style.js';

/** The whole network for Graphviz, every office and every line: `dot -Tsvg` or `sfdp -Tsvg` draws it. Names in Vietnamese. */
export function dot(city: City): string {
  const parts = partsOf(city);
  const layers = [city.externals, city.sites, city.aggregations, city.endpoints];
  return [
    `graph ${quoted(city.id)} {`,
    `  label=${quoted(city.name.vi)}; labelloc=t; rankdir=TB; ranksep=1.5; overlap=false;`,
    '  node [shape=box, style=filled, fontname="sans-serif", fontcolor=white, color=white];',
    '  edge [fontname="sans-serif", fontsize=9];',
    ...layers.flatMap(nodes => nodes.map(node => `  ${nodeName(node)} [label=${labelOf(node)}, fillcolor=${quoted(colourOf(node))}];`)),
    ...city.links.map(link => `  ${edgeOf(parts, link)};`),
    '}',
    '',
  ].join('\n');
}

const labelOf = (node: Node): string => quoted(`${nodeName(node)}\n${node.name.vi}`);

function colourOf(node: Node): string {
  if (node.kind === 'site') return SITE_COLOURS[node.role];
  return node.kind === 'endpoint' ? CLASS_COLOURS[node.class] : NODE_COLOURS[node.kind];
}

/** An office's own Internet line must not lift it beside the sites, nor a link between sites one above the other. */
function edgeOf(parts: DiagramParts, link: Link): string {
  const [above, below] = fromAbove(parts, link);
  const aside = link.kind === 'internet' || link.ends.every(end => parts.nodes.get(end)?.kind === 'site') ? ', constraint=false' : '';
  return `${above} -- ${below} [label=${linkName(link)}, color=${quoted(LINK_COLOURS[link.kind])}${aside}]`;
}

/** A string of DOT: quotes and backslashes escaped, a line break as `\n`. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
