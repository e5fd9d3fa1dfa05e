import { type InputError, wrongInput } from '../../../infra/city/problem.js';

/** An area of the city; `name` is the office that it belongs to, as `e131`, where it has one. */
export interface Area {
  readonly name: string | undefined;
  /** Path data in the outline's own coordinates. */
  readonly d: string;
}

/** The outline of a city, and the position of a place on it. */
export interface Outline {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly areas: readonly Area[];
  /** The transform from the coordinates of the paths, thousandths of a degree east and north, to pixels: SVG's `matrix`. */
  readonly matrix: Matrix;
}
type Matrix = readonly [number, number, number, number, number, number];

export interface OutlinePoint {
  readonly x: number;
  readonly y: number;
}

/** Position of a place, pixels from the top left of the outline. */
export function project({ matrix: [a, b, c, d, e, f] }: Outline, { latitude, longitude }: OutlinePlace): OutlinePoint {
  const [east, north] = [longitude * 1000, latitude * 1000];
  return { x: a * east + c * north + e, y: b * east + d * north + f };
}
export interface OutlinePlace {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Reads an inventory's `city.svg`: its frame, the one transform of its group, and every path with its id. Nothing else of the file
 * is taken over, so that a diagram holds no foreign markup.
 *
 * @throws {InputError} when it is not of that form
 */
export function parseOutline(svg: string): Outline {
  const frame = numbers(/<svg\b[^>]*\bviewBox="0 0 ([^"]+)"/.exec(svg)?.[1], 2);
  const matrix = numbers(/<g\b[^>]*\btransform="matrix\(([^)]+)\)"/.exec(svg)?.[1], 6);
  const areas = [...svg.matchAll(/<path\b([^>]*)>/g)].map(([, attributes = '']) => areaOf(attributes));
  if (frame === undefined || matrix === undefined || areas.length === 0 || areas.includes(undefined) || !svg.trimEnd().endsWith('</svg>'))
    throw notAnOutline();
  const [widthPx = 0, heightPx = 0] = frame;
  return { widthPx, heightPx, matrix: matrix as unknown as Matrix, areas: areas.filter(area => area !== undefined) };
}

function numbers(list: string | undefined, count: number): readonly number[] | undefined {
  const found = (list ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return found.length === count && found.every(Number.isFinite) ? found : undefined;
}

function areaOf(attributes: string): Area | undefined {
  const d = /\bd="([MmLlHhVvZz\d\s.,-]+)"/.exec(attributes)?.[1];
  return d === undefined ? undefined : { d, name: /\bid="(e\d{1,6})"/.exec(attributes)?.[1] };
}

const notAnOutline = (): InputError =>
  wrongInput(
    'outline',
    'city.svg',
    "it is not an outline: a viewBox from 0 0, one group with transform='matrix(…)', and paths of straight lines",
    'take the form of a shipped inventory, or remove the file: the map is drawn without an outline then',
  );

const MARGIN_DEGREES = 0.02;
const WIDTH_PX = 1000;

/** A frame without areas around places, for a city without an outline. */
export function frameAround(places: readonly OutlinePlace[]): Outline {
  const [west, east] = extent(places.map(({ longitude }) => longitude));
  const [south, north] = extent(places.map(({ latitude }) => latitude));
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const pxPerDegree = WIDTH_PX / ((east - west) * shrink);
  const [across, up] = [(pxPerDegree * shrink) / 1000, pxPerDegree / 1000];
  const matrix: Matrix = [across, 0, 0, -up, -west * 1000 * across, north * 1000 * up];
  return { widthPx: WIDTH_PX, heightPx: (north - south) * pxPerDegree, matrix, areas: [] };
}

function extent(values: readonly number[]): readonly [number, number] {
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  return [least - MARGIN_DEGREES, most + MARGIN_DEGREES];
}
