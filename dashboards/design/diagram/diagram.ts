import { LANGUAGES } from '../../../infra/city/identity.js';
import type { City } from '../../../infra/city/model.js';
import { dot } from './dot.js';
import { layersSvg } from './layers/layers.js';
import { mapSvg } from './map/map.js';
import { mermaid } from './mermaid.js';
import type { Outline } from './outline.js';

/** Every diagram of a city. Pure: same city, same bytes. */
export const diagramFiles = (city: City, outline: Outline | undefined): readonly { readonly path: string; readonly content: string }[] => [
  ...LANGUAGES.flatMap(language => [
    { path: `layers-${language}.svg`, content: layersSvg(city, language) },
    { path: `map-${language}.svg`, content: mapSvg(city, outline, language) },
  ]),
  { path: 'network.mmd', content: mermaid(city) },
  { path: 'network.dot', content: dot(city) },
];
