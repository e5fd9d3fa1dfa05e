/** What every line carries in the busy hour and at night, while nothing has failed and in every single failure. */

import type { Footprint, Terrain } from '../failures/footprint.js';
import type { Core } from '../failures/trunk.js';
import type { City, Link } from '../model.js';
import { NOTHING_FAILED } from '../routing/failure.js';
import { demandOf, sumOfRates } from './demand.js';
import { type Network, officeStreams, type Stream, siteStreams } from './streams.js';

/** One direction of a line. */
export interface LineLoad {
  readonly link: Link;
  readonly direction: 0 | 1;
  readonly rateBps: number;
  /** While nothing has failed: the greater of day and night. */
  readonly normalBps: number;
  /** The most in any single failure, and in which; the normal load where no failure brings more. */
  readonly worstBps: number;
  readonly worstWhen: string | undefined;
}

export interface Loads {
  /** Directions that something is asked of, the fullest in its worst case first. */
  readonly lines: readonly LineLoad[];
  /** Single failures that were looked at: all. */
  readonly cases: number;
}

const NO_FAILURE: Footprint = {
  element: { kind: 'group', name: '', path: '', title: '', class: 'site', down: NOTHING_FAILED },
  core: [],
  aggregations: new Set(),
  cutLines: new Set(),
};

export function loadsOf(terrain: Terrain, core: Core): Loads {
  const { city } = terrain;
  const network: Network = { terrain, core, demand: demandsOf(city) };
  const everywhere = city.aggregations.map(({ number }) => number);
  const usual = new Map(everywhere.map(node => [node, officeStreams(network, NO_FAILURE, node)]));
  const between = siteStreams(city, core, NO_FAILURE);
  const day = loadOf([...[...usual.values()].flat(), ...between.day]);
  const normal = greater(day, loadOf(between.night));

  const worst = new Map<Place, Worst>();
  for (const failed of terrain.footprints) {
    // An office or its line that fails takes load away, and adds none.
    if (failed.core.length > 0) consider(worst, failed.element.name, wholeLoad(failed));
    else if (failed.aggregations.size > 0) consider(worst, failed.element.name, changedLoad(failed));
  }
  return { lines: linesOf(city, normal, worst, network), cases: terrain.footprints.length };

  function wholeLoad(failed: Footprint): Load {
    const now = siteStreams(city, core, failed);
    const offices = everywhere.flatMap(node => officeStreams(network, failed, node));
    return greater(loadOf([...offices, ...now.day]), loadOf(now.night));
  }
  /** Only where the nodes that it touches send something now; all else is as usual. */
  function changedLoad(failed: Footprint): Load {
    const { aggregations } = failed;
    const now = loadOf([...aggregations].flatMap(node => officeStreams(network, failed, node)));
    const before = loadOf([...aggregations].flatMap(node => usual.get(node) ?? []));
    return new Map([...now].map(([place, bps]) => [place, bps + (day.get(place) ?? 0) - (before.get(place) ?? 0)]));
  }
}

/** One direction of one link. */
type Place = number;
type Load = ReadonlyMap<Place, number>;
interface Worst {
  readonly bps: number;
  readonly when: string;
}

const placeOf = (link: number, direction: 0 | 1): Place => 2 * link + direction;

function loadOf(streams: readonly Stream[]): Load {
  const load = new Map<Place, number>();
  for (const { link, direction, bps } of streams) {
    const place = placeOf(link, direction);
    load.set(place, (load.get(place) ?? 0) + bps);
  }
  return load;
}

const greater = (one: Load, other: Load): Load =>
  new Map([...one, ...other].map(([place]) => [place, Math.max(one.get(place) ?? 0, other.get(place) ?? 0)]));

function consider(worst: Map<Place, Worst>, when: string, load: Load): void {
  for (const [place, bps] of load) if (bps > (worst.get(place)?.bps ?? 0)) worst.set(place, { bps, when });
}

const demandsOf = (city: City): Network['demand'] => {
  const demandAt = demandOf(city);
  return new Map(city.endpoints.map(office => [office.number, demandAt(office)]));
};

function linesOf(city: City, normal: Load, worst: ReadonlyMap<Place, Worst>, { terrain, demand }: Network): readonly LineLoad[] {
  const access = accessLoad(city, terrain, demand);
  return city.links
    .flatMap(link => ([0, 1] as const).map(direction => lineLoad(link, direction)))
    .filter(({ worstBps }) => worstBps > 0)
    .toSorted((a, b) => usedRatio(b) - usedRatio(a));

  function lineLoad(link: Link, direction: 0 | 1): LineLoad {
    const place = placeOf(link.number, direction);
    const usually = normal.get(place) ?? access.get(place) ?? 0;
    const most = worst.get(place);
    const worse = most !== undefined && most.bps > usually * (1 + ROUNDING);
    return {
      link,
      direction,
      rateBps: link.rateBps[direction],
      normalBps: usually,
      worstBps: worse ? most.bps : usually,
      worstWhen: worse ? most.when : undefined,
    };
  }
}

/** Sums in another order differ in their last bits. */
const ROUNDING = 1e-9;

/** How full a direction is in its worst case: 1 is full. */
export const usedRatio = ({ worstBps, rateBps }: Pick<LineLoad, 'worstBps' | 'rateBps'>): number => worstBps / rateBps;

/** An office's own line carries what the office asks; nothing else. */
function accessLoad({ endpoints }: City, { lines }: Terrain, demand: Network['demand']): Load {
  return loadOf(
    endpoints.flatMap((office): readonly Stream[] => {
      const [line, asked] = [lines.get(office.number), demand.get(office.number)];
      if (line === undefined || asked === undefined) return [];
      const { toSystemBps, toOfficeBps } = sumOfRates([asked.none, asked.database]);
      const away = line.ends[0] === office.number ? 0 : 1;
      return [
        { link: line.number, direction: away, bps: toSystemBps },
        { link: line.number, direction: away === 0 ? 1 : 0, bps: toOfficeBps },
      ];
    }),
  );
}
