import { type Aggregation, type Link, nodeName, type Site } from '../../../../infra/city/model.js';
import { legend, linkSigns, officeSigns } from '../legend.js';
import { element, escapeXml, fitted, wrapped } from '../markup.js';
import { WORDS } from '../words.js';
import { hasPlace } from './frame.js';
import { dot } from './signs.js';
import { type MapView, shortName } from './view.js';

const SIZE = 14;
const ROW = 24;
const DOT = 10;

/** The list beside the map: sites, nodes with their offices, what the signs mean. */
export function panel(view: MapView, left: number, top: number, width: number): { readonly drawn: string; readonly bottom: number } {
  const { city } = view.parts;
  const { language } = view;
  const externals = new Set(city.externals.map(({ number }) => number));
  const isDrawn = ({ ends }: Link): boolean => !ends.some(end => externals.has(end));
  const drawn: string[] = [];
  let y = top + SIZE;
  const title = (text: string) => {
    drawn.push(element('text', { x: left, y, 'font-size': SIZE, class: 'faint' }, escapeXml(text)));
    y += ROW;
  };
  title(WORDS.sites[language]);
  for (const site of city.sites) {
    drawn.push(siteRow(view, site, left, y, width));
    y += ROW;
  }
  y += ROW / 2;
  title(WORDS.aggregations[language]);
  for (const node of city.aggregations) {
    const { row, height } = nodeRow(view, node, left, y, width);
    drawn.push(row);
    y += height;
  }
  const signs = legend(left, y + ROW, width, [...linkSigns(city.links.filter(isDrawn), language), ...officeSigns(city, language, 'dot')]);
  const notes = wrapped(notesOn(view), 12, width).map((text, index) =>
    element('text', { x: left, y: signs.bottom + ROW + index * 16, 'font-size': 12, class: 'faint' }, escapeXml(text)),
  );
  return { drawn: [...drawn, signs.drawn, ...notes].join('\n'), bottom: signs.bottom + ROW + notes.length * 16 };
}

/** What one must know of the places. */
function notesOn({ parts: { city }, language }: MapView): string {
  const assumed = [...city.sites, ...city.aggregations, ...city.endpoints].some(node =>
    node.assumed.some(field => PLACE_FIELDS.has(field)),
  );
  return [...(assumed ? [WORDS.placesAssumed[language]] : []), ...(city.endpoints.every(hasPlace) ? [] : [WORDS.placeless[language]])].join(
    ' ',
  );
}
const PLACE_FIELDS: ReadonlySet<string> = new Set(['*', 'latitude', 'longitude']);

const siteRow = ({ language }: MapView, site: Site, x: number, y: number, width: number): string =>
  element('rect', { x, y: y - 11, width: 14, height: 14, rx: 2, class: `site ${site.role}` }) +
  element('text', { x: x + 22, y, 'font-size': SIZE }, escapeXml(fitted(`${nodeName(site)} ${site.name[language]}`, SIZE, width - 22)));

/** A node, how many offices it has, and a dot for each of them that has no place on the map. */
function nodeRow(view: MapView, node: Aggregation, x: number, y: number, width: number): { readonly row: string; readonly height: number } {
  const { parts, language } = view;
  const offices = parts.offices.get(node.number) ?? [];
  const placeless = offices.filter(office => !hasPlace(office));
  const perRow = Math.floor((width - 22) / DOT);
  const text = fitted(`${nodeName(node)} ${shortName(parts.city, node, language)}`, SIZE, width - 100);
  const dots = placeless.map((office, index) =>
    dot(view, office, { x: x + 26 + (index % perRow) * DOT, y: y + 10 + Math.floor(index / perRow) * DOT }),
  );
  return {
    row: [
      element('circle', { cx: x + 7, cy: y - 4.5, r: 6, class: 'ring' }),
      element('text', { x: x + 22, y, 'font-size': SIZE }, escapeXml(text)),
      element(
        'text',
        { x: x + width, y, 'text-anchor': 'end', 'font-size': SIZE, class: 'faint' },
        escapeXml(`${offices.length} ${WORDS.offices[language]}`),
      ),
      ...dots,
    ].join(''),
    height: ROW + Math.ceil(placeless.length / perRow) * DOT,
  };
}
