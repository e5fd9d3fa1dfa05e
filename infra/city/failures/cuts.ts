/** Which offices lose which systems when one element fails, or two together: exact, for every case there is. */

import type { ElementNumber } from '../identity.js';
import type { Endpoint, System } from '../model.js';
import { once, remembered } from '../once.js';
import type { Footprint, Terrain } from './footprint.js';
import { type Core, coreOf } from './trunk.js';

/** Offices by what they lose: all systems of one kind are reached or lost together. Offices that are down themselves are not among them. */
export type Cut = Readonly<Record<System['state'], readonly Endpoint[]>>;

/** The single elements that take a system from an office, by name. */
export const cutsBetween = ({ footprints }: Terrain, cuts: Cuts, office: Endpoint, { state }: Pick<System, 'state'>): readonly string[] =>
  footprints.filter(failed => cuts.single(failed)[state].includes(office)).map(({ element }) => element.name);

export interface Cuts {
  /** Unreachable with no failure; expected to be empty. */
  always(): Cut;
  /** What is lost while one element is down. */
  single(failed: Footprint): Cut;
  /** What is lost while both are down, and would not be while either is. */
  double(one: Footprint, other: Footprint): Cut;
}

export function cutsOf(terrain: Terrain, core: Core = coreOf(terrain.city)): Cuts {
  const { city } = terrain;
  const everywhere = city.aggregations.map(({ number }) => number);
  const served = (failed: readonly Footprint[]) => (aggregation: ElementNumber) => servedBy(terrain, core, failed, aggregation);
  const usually = remembered(served([]));
  const alone = once((failed: Footprint) => remembered(served([failed])));
  return {
    always: () => byState(state => everywhere.filter(node => !usually(node)[state]).flatMap(node => officesAt(terrain, node))),
    single: failed => {
      const lost = losers([usually], alone(failed), failed.core.length > 0 ? everywhere : [...failed.aggregations]);
      return byState(state => {
        const nodes = new Set(lost(state));
        const behind = [...nodes].flatMap(node => officesAt(terrain, node));
        const own = [...failed.cutLines].filter(({ aggregation }) => !nodes.has(aggregation) && usually(aggregation)[state]);
        return up([...behind, ...own], [failed]);
      });
    },
    double: (one, other) => {
      const lost = losers([alone(one), alone(other)], served([one, other]), touchedByBoth(one, other, everywhere));
      return byState(state => {
        const behind = lost(state).flatMap(node => officesAt(terrain, node));
        return withLines(up(behind, [one, other]), [one, other]);
      });
    },
  };
}

/** Aggregation nodes that see something of either element, or of what both do to the core. */
function touchedByBoth(one: Footprint, other: Footprint, everywhere: readonly ElementNumber[]): readonly ElementNumber[] {
  if (one.core.length > 0 && other.core.length > 0) return everywhere;
  if (one.core.length > 0) return [...other.aggregations];
  if (other.core.length > 0) return [...one.aggregations];
  const [few, many] = one.aggregations.size < other.aggregations.size ? [one, other] : [other, one];
  return [...few.aggregations].filter(node => many.aggregations.has(node));
}

type Served = Readonly<Record<System['state'], boolean>>;
type ServedAt = (aggregation: ElementNumber) => Served;

/** Of these aggregation nodes, those that were served each time before and no longer are. */
function losers(before: readonly ServedAt[], now: ServedAt, nodes: readonly ElementNumber[]): (state: System['state']) => ElementNumber[] {
  const failing = nodes.map(node => ({ node, served: now(node) })).filter(({ served }) => !served.none || !served.database);
  return state => failing.filter(({ node, served }) => !served[state] && before.every(at => at(node)[state])).map(({ node }) => node);
}

function servedBy({ uplinks }: Terrain, core: Core, failed: readonly Footprint[], aggregation: ElementNumber): Served {
  if (failed.some(({ element }) => element.down.nodes.has(aggregation))) return UNSERVED;
  const working = (uplinks.get(aggregation) ?? []).filter(({ link }) =>
    failed.every(({ element }) => !element.down.links.has(link.number)),
  );
  const sites = [...new Set(working.map(({ site }) => site))].toSorted((a, b) => a - b);
  return core.trunk([...new Set(failed.flatMap(footprint => footprint.core))].toSorted(), sites).serves;
}
const UNSERVED: Served = { none: false, database: false };

function byState(offices: (state: System['state']) => readonly Endpoint[]): Cut {
  const inOrder = (state: System['state']) => offices(state).toSorted((a, b) => a.number - b.number);
  return { none: inOrder('none'), database: inOrder('database') };
}

const officesAt = ({ offices }: Terrain, aggregation: ElementNumber): readonly Endpoint[] => offices.get(aggregation) ?? [];

const up = (offices: readonly Endpoint[], failed: readonly Footprint[]): readonly Endpoint[] =>
  offices.filter(({ number }) => failed.every(({ element }) => !element.down.nodes.has(number)));

/** Whose own line works: the others lose everything already. */
const withLines = (offices: readonly Endpoint[], failed: readonly Footprint[]): readonly Endpoint[] =>
  offices.filter(office => failed.every(({ cutLines }) => !cutLines.has(office)));
