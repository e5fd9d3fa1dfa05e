/** The network on the city's outline. Pure. */

import type { ElementNumber, Language } from '../../../../infra/city/identity.js';
import type { City } from '../../../../infra/city/model.js';
import { type DrawnMark, unmarked } from '../mark.js';
import { classes, element, heading, svg } from '../markup.js';
import type { Area, Outline, OutlinePoint } from '../outline.js';
import { partsOf } from '../parts.js';
import { SIZE, WORDS } from '../words.js';
import { frameOf, hasPlace, MARGIN, pointOf, wholeOf } from './frame.js';
import { accessLines, trunk, trunkLabel } from './lines.js';
import { panel } from './panel.js';
import { around, Room } from './room.js';
import { dot, sign, signLabel } from './signs.js';
import type { At, MapView } from './view.js';

const WIDTH = 1600;
const SIGN = 20;

/**
 * The map as one SVG, 1,600 pixels wide: areas, lines, offices, nodes and sites, and beside them the list of what they are.
 *
 * @param mark a further class for what a name stands for; areas, dots, signs and lines carry the name as `data-name`, too
 */
export function mapSvg(city: City, outline: Outline | undefined, language: Language, mark: DrawnMark = unmarked): string {
  const frame = frameOf(city, outline);
  const view: MapView = { parts: partsOf(city), language, mark, frame };
  const room = new Room(wholeOf(frame));
  const signs = placeSigns(view, room);
  for (const office of city.endpoints.filter(hasPlace)) room.take({ ...pointOf(frame, office), width: 7, height: 7 });
  const at: At = number => signs.get(number);
  const labels = [...city.sites, ...city.aggregations].map(node => signLabel(view, node, at(node.number), room));
  const trunks = city.links.filter(({ kind }) => kind === 'core' || kind === 'uplink');
  const left = frame.left + frame.widthPx + MARGIN;
  const list = panel(view, left, frame.top, WIDTH - left - MARGIN);
  return svg('citydc-map', { widthPx: WIDTH, heightPx: Math.max(frame.top + frame.heightPx, list.bottom) + MARGIN }, [
    heading(MARGIN, `${city.name[language]}: ${WORDS.map[language]}`, `${city.id} · ${SIZE[language](city)}`),
    areas(view),
    ...city.endpoints.flatMap(office => accessLines(view, office, at)),
    ...trunks.map(link => trunk(view, link, at)),
    ...city.endpoints.filter(hasPlace).map(office => dot(view, office, pointOf(frame, office))),
    ...[...city.aggregations, ...city.sites].map(node => sign(view, node, at(node.number))),
    ...labels,
    ...trunks.map(link => trunkLabel(link, at, room)),
    list.drawn,
  ]);
}

/** Sites stand where they are; a node at the same place moves aside. */
function placeSigns({ parts: { city }, frame }: MapView, room: Room): ReadonlyMap<ElementNumber, OutlinePoint> {
  return new Map(
    [...city.sites, ...city.aggregations].map(node => {
      const place = pointOf(frame, node);
      return [node.number, room.first(around(place, SIGN)) ?? place];
    }),
  );
}

function areas({ frame: { outline, left, top, scale }, mark }: MapView): string {
  const matrix = outline.matrix.map(value => Number((value * scale).toFixed(4)));
  const [a, b, c, d, e = 0, f = 0] = matrix;
  const transform = `matrix(${[a, b, c, d, Number((e + left).toFixed(2)), Number((f + top).toFixed(2))].join(' ')})`;
  const drawn = ({ name, d: path }: Area) =>
    element('path', { class: classes('area', name === undefined ? undefined : mark(name)), 'data-name': name, d: path });
  return element('g', { transform }, ...outline.areas.map(area => `\n${drawn(area)}`));
}
