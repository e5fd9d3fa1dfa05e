/** The network in layers: what is not ours and the witness, the serving sites, aggregation nodes, offices. Pure. */

import type { Language } from '../../../../infra/city/identity.js';
import type { City } from '../../../../infra/city/model.js';
import { legend, linkSigns, officeSigns } from '../legend.js';
import { type DrawnMark, unmarked } from '../mark.js';
import { heading, svg } from '../markup.js';
import { partsOf } from '../parts.js';
import { SIZE, WORDS } from '../words.js';
import { arranged, bottomOf, MARGIN } from './arrangement.js';
import { box, officesOf } from './boxes.js';
import { crossLinks, internetBundle, wire, wireLabel } from './wires.js';

/** The layers as one SVG, 1,600 pixels wide; wider only when there are more aggregation nodes than fit beside each other. */
export function layersSvg(city: City, language: Language, mark: DrawnMark = unmarked): string {
  const arrangement = arranged(partsOf(city), language, mark);
  const { widthPx } = arrangement;
  const bottom = bottomOf(arrangement);
  const core = city.links.filter(({ kind }) => kind === 'core');
  const signs = legend(MARGIN, bottom + 40, widthPx - 2 * MARGIN, [
    ...linkSigns(city.links, language),
    ...officeSigns(city, language, 'box'),
  ]);
  return svg('citydc-layers', { widthPx, heightPx: signs.bottom + MARGIN }, [
    heading(MARGIN, `${city.name[language]}: ${WORDS.layers[language]}`, `${city.id} · ${SIZE[language](city)}`),
    ...[...city.links.filter(({ kind }) => kind === 'uplink'), ...core].map(link => wire(arrangement, link)),
    internetBundle(arrangement, bottom),
    ...city.aggregations.map(node => officesOf(arrangement, node)),
    ...city.endpoints.flatMap(office => crossLinks(arrangement, office)),
    ...[...city.sites, ...city.externals, ...city.aggregations].map(node => box(arrangement, node)),
    ...core.map(link => wireLabel(arrangement, link)),
    signs.drawn,
  ]);
}
