import { type Aggregation, type Endpoint, type External, type Node, nodeName, type Site } from '../../../../infra/city/model.js';
import { classes, element, escapeXml, fitted, wrapped } from '../markup.js';
import { linkNames } from '../parts.js';
import { ROLE_WORDS, WORDS } from '../words.js';
import { type Arrangement, type Box, chipAt, middle, OFFICES_TOP } from './arrangement.js';

const SMALL = 11;

/** A site, an external or an aggregation node: a box with its number and name. */
export function box(arrangement: Arrangement, node: Site | External | Aggregation): string {
  const at = arrangement.boxes.get(node.number);
  if (at === undefined) return '';
  const lines = node.kind === 'aggregation' ? nodeLines(arrangement, node, at) : siteLines(arrangement, node, at);
  const step = node.kind === 'aggregation' ? 13 : 20;
  const first = middle(at).y - (step * (lines.length - 1)) / 2 + 4;
  return marked(
    arrangement,
    node,
    element('title', {}, escapeXml(`${nodeName(node)} ${node.name[arrangement.language]}`)),
    element('rect', { ...at, rx: 5, class: classes(node.kind, 'role' in node ? node.role : undefined) }),
    ...lines.map((line, index) => white(line, middle(at).x, first + index * step)),
  );
}

const marked = ({ mark }: Arrangement, node: Node, ...children: readonly string[]): string =>
  element('g', { class: classes('node', mark(nodeName(node))), 'data-name': nodeName(node) }, ...children);

interface Line {
  readonly text: string;
  readonly size: number;
  readonly weight?: number;
}

const white = ({ text, size, weight }: Line, x: number, y: number): string =>
  element('text', { x, y, 'text-anchor': 'middle', 'font-size': size, 'font-weight': weight, class: 'on-dark' }, escapeXml(text));

const siteLines = ({ language }: Arrangement, node: Site | External, { width }: Box): readonly Line[] => [
  { text: node.kind === 'site' ? `${nodeName(node)} · ${ROLE_WORDS[node.role][language]}` : nodeName(node), size: 16, weight: 600 },
  { text: fitted(node.name[language], 13, width - 12), size: 13 },
];

/** Number, name in at most three lines, uplinks. */
const nodeLines = ({ parts, names }: Arrangement, node: Aggregation, { width }: Box): readonly Line[] => [
  { text: nodeName(node), size: 13, weight: 700 },
  ...wrapped(names.get(node.number) ?? '', SMALL, width - 2)
    .slice(0, 3)
    .map(text => ({ text: fitted(text, SMALL, width), size: SMALL })),
  { text: fitted(linkNames(parts, node.number, 'uplink').join(' '), SMALL, width), size: SMALL },
];

/** The offices behind a node, how many they are, and the line to them. */
export function officesOf(arrangement: Arrangement, node: Aggregation): string {
  const offices = arrangement.parts.offices.get(node.number) ?? [];
  const at = arrangement.boxes.get(node.number);
  if (at === undefined || offices.length === 0) return '';
  const { x } = middle(at);
  const label = `${offices.length} ${WORDS.offices[arrangement.language]}`;
  return [
    element('line', { x1: x, y1: at.y + at.height, x2: x, y2: OFFICES_TOP, class: 'link access' }),
    element('text', { x, y: OFFICES_TOP - 15, 'text-anchor': 'middle', 'font-size': 12, class: 'halo' }, escapeXml(label)),
    ...offices.map((office, index) => chip(arrangement, office, chipAt(arrangement, node.number, index))),
  ].join('');
}

/** An office with its number; underlined when it has an Internet line of its own. */
function chip(arrangement: Arrangement, office: Endpoint, at: Box): string {
  const [access, own] = (['access', 'internet'] as const).map(kind => linkNames(arrangement.parts, office.number, kind)) as [
    string[],
    string[],
  ];
  const title = `${nodeName(office)} ${office.name[arrangement.language]} (${[...access, ...own].join(' ')})`;
  const foot = at.y + at.height + 1;
  return marked(
    arrangement,
    office,
    element('title', {}, escapeXml(title)),
    element('rect', { ...at, rx: 2, class: `office ${office.class}` }),
    ...(own.length === 0 ? [] : [element('line', { x1: at.x, y1: foot, x2: at.x + at.width, y2: foot, class: 'link internet' })]),
    white({ text: nodeName(office), size: 10 }, middle(at).x, at.y + 10.8),
  );
}
