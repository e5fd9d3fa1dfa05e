/** Which offices are cut off from which systems while something is down: exact, and quick enough to ask for every case there is. */

import { type City, type ElementNumber, type Endpoint, farEnd, type System } from '../model.js';
import type { Failure } from './failure.js';
import { carriesRoutes } from './policy.js';
import { firstAccessLinks, type Prediction, predictorOf } from './prediction.js';

/** The offices that are cut off, by what the systems keep: all systems of one kind are reached or lost together. Offices that are down themselves are not among them. */
export type CutOff = Readonly<Record<System['state'], readonly Endpoint[]>>;

/**
 * Answers for one city.
 *
 * Whether an office reaches a system is decided in two places that know nothing of each other: on its own line, and between its
 * aggregation node and the sites. The second is worked out once for every set of routers and trunks that are down.
 */
export function cutOffBy(city: City): (failure: Failure) => CutOff {
  const reachable = trunks(city);
  const access = firstAccessLinks(city);
  const lineWorks = ({ nodes, links }: Failure, office: Endpoint): boolean => {
    const line = access.get(office.number);
    return line !== undefined && !links.has(line.number) && !nodes.has(farEnd(line, office.number));
  };
  return failure => {
    const alive = city.endpoints.filter(({ number }) => !failure.nodes.has(number));
    const cut = (state: System['state']) => {
      const served = reachable(failure, state);
      return alive.filter(office => !served.has(office.aggregation) || !lineWorks(failure, office));
    };
    return { none: cut('none'), database: cut('database') };
  };
}

type Served = Readonly<Record<System['state'], ReadonlySet<ElementNumber>>>;

/** The aggregation nodes from which systems are reached and answer. */
function trunks(city: City): (failure: Failure, state: System['state']) => ReadonlySet<ElementNumber> {
  const predict = predictorOf(city);
  const routers = new Set([...city.sites, ...city.aggregations, ...city.externals].map(({ number }) => number));
  const carrying = new Set(city.links.filter(carriesRoutes).map(({ number }) => number));
  const known = new Map<string, Served>();
  return ({ nodes, links }, state) => {
    const down = { nodes: kept(nodes, routers), links: kept(links, carrying) };
    const key = `${[...down.nodes].toSorted(byNumber)} ${[...down.links].toSorted(byNumber)}`;
    const found = known.get(key) ?? servedBy(city, predict(down));
    known.set(key, found);
    return found[state];
  };
}

const kept = <T>(from: ReadonlySet<T>, wanted: ReadonlySet<T>): ReadonlySet<T> => new Set([...from].filter(each => wanted.has(each)));
const byNumber = (a: number, b: number): number => a - b;

function servedBy({ aggregations }: City, { serves }: Prediction): Served {
  const served = (state: System['state']) => new Set(aggregations.map(({ number }) => number).filter(number => serves(number, state)));
  return { none: served('none'), database: served('database') };
}
