import { type Endpoint, farEnd, type Link, linkName } from '../../../../infra/city/model.js';
import { classes, element, escapeXml, widthPx } from '../markup.js';
import type { OutlinePoint } from '../outline.js';
import { LINK_WORDS } from '../words.js';
import { hasPlace, pointOf } from './frame.js';
import { along, type Room } from './room.js';
import { type At, label, type MapView } from './view.js';

/** The access lines of an office that has a place. */
export function accessLines(view: MapView, office: Endpoint, at: At): readonly string[] {
  if (!hasPlace(office)) return [];
  return (view.parts.links.get(office.number) ?? [])
    .filter(({ kind }) => kind === 'access')
    .map(link => line(view, link, pointOf(view.frame, office), at(farEnd(link, office.number))));
}

function line({ mark, language }: MapView, link: Link, from: OutlinePoint | undefined, to: OutlinePoint | undefined): string {
  if (from === undefined || to === undefined) return '';
  const title = `${linkName(link)} ${LINK_WORDS[link.kind][language]} (${link.carrier})`;
  return element(
    'line',
    { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: classes('link', link.kind, mark(linkName(link))), 'data-name': linkName(link) },
    element('title', {}, escapeXml(title)),
  );
}

/** A line between two signs; several between the same two run beside each other. Externals have no place and no line. */
export function trunk(view: MapView, link: Link, at: At): string {
  const [a, b] = link.ends;
  const [from, to] = [at(a), at(b)];
  if (from === undefined || to === undefined) return '';
  const twins = (view.parts.links.get(a) ?? []).filter(each => farEnd(each, a) === b);
  const shift = (twins.indexOf(link) - (twins.length - 1) / 2) * 6;
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [dx, dy] = [(-(to.y - from.y) / length) * shift, ((to.x - from.x) / length) * shift];
  return line(view, link, { x: from.x + dx, y: from.y + dy }, { x: to.x + dx, y: to.y + dy });
}

/** Its number, where there is room. */
export function trunkLabel(link: Link, at: At, room: Room): string {
  const [from, to] = link.ends.map(at);
  if (from === undefined || to === undefined) return '';
  const patch = room.first(along(from, to, widthPx(linkName(link), 10.5) + 4, 13));
  return patch === undefined ? '' : label(linkName(link), patch, { 'font-size': 10.5, class: `halo on-${link.kind}` });
}
