/** Which elements take systems from offices when they fail alone: before a change, and after. */

import { surveyOf } from '../failures/survey.js';
import { type City, nodeName } from '../model.js';
import { elementsOf } from '../routing/failure.js';
import { singlePointsOf } from '../rules/no-single-point-of-failure.js';

/** An element, and what is lost when it fails: `14 offices lose all 10 systems: e77, e78, e79 and 11 more`. */
export interface SinglePoint {
  readonly element: string;
  readonly lost: string;
}

export interface SinglePoints {
  readonly added: readonly SinglePoint[];
  /** A point that is gone with its element is not healed. */
  readonly healed: readonly SinglePoint[];
  /** They take more from the offices that stay than any element of their class did; `most`: how many offices that was. */
  readonly worse: readonly (SinglePoint & { readonly most: number })[];
}

export function compareSinglePoints(before: City, after: City): SinglePoints {
  const [was, is] = [singlePointsOf(surveyOf(before)), singlePointsOf(surveyOf(after))];
  const [wasThere, isThere] = [was, is].map(points => new Set(points.map(({ element }) => element.name)));
  const stays = new Set(elementsOf(after).map(({ name }) => name));
  const staying = new Set(after.endpoints.map(nodeName).filter(name => before.endpoints.some(office => nodeName(office) === name)));
  const most = mostOf(was, staying);
  return {
    added: is.filter(({ element }) => wasThere?.has(element.name) !== true).map(pointOf),
    healed: was.filter(({ element }) => stays.has(element.name) && isThere?.has(element.name) !== true).map(pointOf),
    worse: is
      .filter(point => weightOf(point, staying) > (most.get(point.element.class) ?? 0))
      .map(point => ({ ...pointOf(point), most: most.get(point.element.class) ?? 0 })),
  };
}

type Point = ReturnType<typeof singlePointsOf>[number];

const pointOf = ({ element, lost }: Point): SinglePoint => ({ element: element.name, lost });

/** How many of the offices that stay lose something. */
const weightOf = ({ losses }: Point, staying: ReadonlySet<string>): number =>
  new Set(losses.flatMap(({ offices }) => offices.filter(office => staying.has(office)))).size;

function mostOf(points: readonly Point[], staying: ReadonlySet<string>): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const point of points) most.set(point.element.class, Math.max(most.get(point.element.class) ?? 0, weightOf(point, staying)));
  return most;
}
