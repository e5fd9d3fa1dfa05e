import { type Endpoint, farEnd, type Link, linkName } from '../../../../infra/city/model.js';
import { classes, element, escapeXml } from '../markup.js';
import type { OutlinePoint } from '../outline.js';
import { LINK_WORDS } from '../words.js';
import { type Arrangement, type Box, chipAt, INTERNET_LANE, MARGIN, middle, NODES_TOP } from './arrangement.js';

/** A core link or an uplink. */
export function wire(arrangement: Arrangement, link: Link): string {
  const ends = endsOf(arrangement, link);
  return ends === undefined ? '' : line(arrangement, link, ...ends);
}

const line = ({ mark, language }: Arrangement, link: Link, from: OutlinePoint, to: OutlinePoint): string =>
  element(
    'line',
    {
      x1: from.x,
      y1: from.y,
      x2: to.x,
      y2: to.y,
      class: classes('link', link.kind, mark(linkName(link))),
      'data-name': linkName(link),
    },
    element('title', {}, escapeXml(`${linkName(link)} ${LINK_WORDS[link.kind][language]} (${link.carrier})`)),
  );

/** From the upper to the lower end, or from the left to the right. */
function endsOf(arrangement: Arrangement, link: Link): readonly [OutlinePoint, OutlinePoint] | undefined {
  const [a, b] = link.ends
    .map(end => arrangement.boxes.get(end))
    .toSorted((one, other) => (one?.y ?? 0) - (other?.y ?? 0) || (one?.x ?? 0) - (other?.x ?? 0));
  if (a === undefined || b === undefined) return undefined;
  if (a.y === b.y) return beside(a, b, shiftAmongTwins(arrangement, link));
  return b.y === NODES_TOP ? uplink(arrangement, link, a, b) : below(a, b, shiftAmongTwins(arrangement, link));
}

const beside = (a: Box, b: Box, shift: number): readonly [OutlinePoint, OutlinePoint] => [
  { x: a.x + a.width, y: middle(a).y + shift },
  { x: b.x, y: middle(b).y + shift },
];

function below(a: Box, b: Box, shift: number): readonly [OutlinePoint, OutlinePoint] {
  const lean = Math.sign(middle(b).x - middle(a).x) * 0.25;
  return [
    { x: middle(a).x + lean * a.width + shift, y: a.y + a.height },
    { x: middle(b).x - lean * b.width + shift, y: b.y },
  ];
}

/** The uplinks of a node end beside each other, in the order of their sites. */
function uplink({ parts, boxes }: Arrangement, link: Link, site: Box, node: Box): readonly [OutlinePoint, OutlinePoint] {
  const [number] = link.ends;
  const xOf = (each: Link): number => middle(boxes.get(farEnd(each, number))).x;
  const siblings = (parts.links.get(number) ?? []).filter(({ kind }) => kind === 'uplink').toSorted((a, b) => xOf(a) - xOf(b));
  const apart = Math.min(24, node.width / (siblings.length + 1));
  return [
    { x: middle(site).x, y: site.y + site.height },
    { x: middle(node).x + (siblings.indexOf(link) - (siblings.length - 1) / 2) * apart, y: node.y },
  ];
}

/** Links between the same two run side by side. */
function shiftAmongTwins({ parts }: Arrangement, link: Link): number {
  const [a, b] = link.ends;
  const twins = (parts.links.get(a) ?? []).filter(each => farEnd(each, a) === b);
  return (twins.indexOf(link) - (twins.length - 1) / 2) * 20;
}

/** The number of a core link, near its upper or left end, where the lines have not met yet. */
export function wireLabel(arrangement: Arrangement, link: Link): string {
  const ends = endsOf(arrangement, link);
  if (ends === undefined) return '';
  const [from, to] = ends;
  const at = { x: from.x + (to.x - from.x) * ALONG, y: from.y + (to.y - from.y) * ALONG + 4 };
  return element('text', { ...at, 'text-anchor': 'middle', 'font-size': 13, class: 'halo' }, linkName(link));
}
const ALONG = 0.2;

/** The offices' own Internet lines as one, round the offices: each that has one is underlined. */
export function internetBundle({ parts: { city }, boxes, widthPx, language }: Arrangement, bottom: number): string {
  const lines = city.links.filter(({ kind }) => kind === 'internet');
  const from = lines[0] === undefined ? undefined : boxes.get(lines[0].ends[1]);
  if (from === undefined) return '';
  const { y } = middle(from);
  const lane = widthPx - MARGIN - INTERNET_LANE / 3;
  return (
    element('path', {
      d: `M${from.x + from.width} ${y}H${lane}V${bottom + 12}H${MARGIN}`,
      class: 'link internet',
      'stroke-dasharray': '6 4',
    }) +
    element(
      'text',
      { x: lane - 8, y: y - 8, 'text-anchor': 'end', 'font-size': 13, class: 'halo' },
      escapeXml(`${LINK_WORDS.internet[language]}: ${lines.length}`),
    )
  );
}

/** Access lines to another node than the office's own, one by one. */
export const crossLinks = (arrangement: Arrangement, office: Endpoint): readonly string[] =>
  (arrangement.parts.links.get(office.number) ?? [])
    .filter(link => link.kind === 'access' && farEnd(link, office.number) !== office.aggregation)
    .map(link => crossLink(arrangement, office, link));

function crossLink(arrangement: Arrangement, office: Endpoint, link: Link): string {
  const other = arrangement.boxes.get(farEnd(link, office.number));
  const index = arrangement.parts.offices.get(office.aggregation)?.indexOf(office) ?? 0;
  if (other === undefined) return '';
  const chip = chipAt(arrangement, office.aggregation, index);
  return line(arrangement, link, { x: middle(chip).x, y: chip.y }, { x: middle(other).x, y: other.y + other.height });
}
