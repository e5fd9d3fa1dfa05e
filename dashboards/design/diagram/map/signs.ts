import { type Aggregation, type Endpoint, nodeName, type Site } from '../../../../infra/city/model.js';
import { classes, element, escapeXml, widthPx } from '../markup.js';
import type { OutlinePoint } from '../outline.js';
import { ROLE_WORDS } from '../words.js';
import { pointOf } from './frame.js';
import { beside, type Room } from './room.js';
import { label, type MapView, shortName } from './view.js';

const LABEL = 13;

/** An office. */
export const dot = ({ mark, language }: MapView, office: Endpoint, { x, y }: OutlinePoint): string =>
  element(
    'circle',
    { cx: x, cy: y, r: 3.5, class: classes('office', office.class, mark(nodeName(office))), 'data-name': nodeName(office) },
    element('title', {}, escapeXml(`${nodeName(office)} ${office.name[language]}`)),
  );

/** A site is a square, a node a ring: the office at its place stays seen. Who moved aside points to where it is. */
export function sign({ frame, mark, language }: MapView, node: Site | Aggregation, at: OutlinePoint | undefined): string {
  if (at === undefined) return '';
  const place = pointOf(frame, node);
  const moved = Math.hypot(place.x - at.x, place.y - at.y) > 1;
  const shape =
    node.kind === 'site'
      ? element('rect', { x: at.x - 9, y: at.y - 9, width: 18, height: 18, rx: 3, class: `site ${node.role}` })
      : element('circle', { cx: at.x, cy: at.y, r: 7.5, class: 'ring' });
  return element(
    'g',
    { class: classes('node', mark(nodeName(node))), 'data-name': nodeName(node) },
    element('title', {}, escapeXml(`${nodeName(node)} ${node.name[language]}`)),
    ...(moved ? [element('line', { x1: place.x, y1: place.y, x2: at.x, y2: at.y, class: 'pointer' })] : []),
    shape,
  );
}

/** Number and name where there is room for both, else the number. */
export function signLabel(
  { parts: { city }, language }: MapView,
  node: Site | Aggregation,
  at: OutlinePoint | undefined,
  room: Room,
): string {
  if (at === undefined) return '';
  const name = node.kind === 'site' ? ROLE_WORDS[node.role][language] : shortName(city, node, language);
  for (const text of [`${nodeName(node)} ${name}`, nodeName(node)]) {
    const patch = room.first(beside(at, 12, widthPx(text, LABEL, true), LABEL + 2));
    if (patch !== undefined) return label(text, patch, { 'font-size': LABEL, 'font-weight': 600, class: 'halo' });
  }
  return '';
}
