import type { City, Endpoint } from '../../../../infra/city/model.js';
import { frameAround, type Outline, type OutlinePlace, type OutlinePoint, project } from '../outline.js';
import type { Patch } from './room.js';

/** The map's part of the drawing, pixels. */
export const MARGIN = 24;
const TOP = 84;
const MOST_WIDTH = 1100;
const MOST_HEIGHT = 1130;

/** An outline that has its place on the drawing. */
export interface Frame {
  readonly outline: Outline;
  readonly left: number;
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Pixels of the drawing for one of the outline. */
  readonly scale: number;
}

/** The largest frame that fits; without an outline, one around everything that has a place. */
export function frameOf(city: City, drawn: Outline | undefined): Frame {
  const outline = drawn ?? frameAround([...city.sites, ...city.aggregations, ...city.endpoints.filter(hasPlace)]);
  const scale = Math.min(MOST_WIDTH / outline.widthPx, MOST_HEIGHT / outline.heightPx);
  return { outline, left: MARGIN, top: TOP, widthPx: outline.widthPx * scale, heightPx: outline.heightPx * scale, scale };
}

/** All of it and half of the margin, for labels. */
export const wholeOf = ({ left, top, widthPx, heightPx }: Frame): Patch => ({
  x: left + widthPx / 2,
  y: top + heightPx / 2,
  width: widthPx + MARGIN,
  height: heightPx + MARGIN,
});

/** Position of a place on the drawing. */
export function pointOf({ outline, left, top, scale }: Frame, place: OutlinePlace): OutlinePoint {
  const { x, y } = project(outline, place);
  return { x: left + x * scale, y: top + y * scale };
}

export const hasPlace = (office: Endpoint): office is Endpoint & OutlinePlace =>
  office.latitude !== undefined && office.longitude !== undefined;
