/** The ways of requests and of their answers between routers, whatever is down. */

import type { ElementNumber } from '../../city/identity.js';
import { type Failure, NOTHING_FAILED } from '../../city/routing/failure.js';
import { type Prediction, predictorOf } from '../../city/routing/prediction.js';
import type { Topology } from '../../site/topology.js';
import { type DemandGroup, routedKey } from '../findings/demands.js';
import { type Routed, type Trail, trailsTo } from './ways.js';

/** There and back: a way of the request with a way of its answer. */
export interface RoundTrip {
  readonly there: Trail;
  readonly back: Trail;
  readonly key: string;
}

/** Every way there with every way back of its answer. */
export const roundTrips = ({ start, there, back }: DemandGroup, legs: Legs): readonly RoundTrip[] =>
  legs(there, start).flatMap(out =>
    legs(back, out.end).flatMap(home => (home.end === start ? [{ there: out, back: home, key: `${out.key}|${home.key}` }] : [])),
  );

/** All trails from a router to a place, in one case. */
export type Legs = (routed: Routed, start: ElementNumber) => readonly Leg[];
interface Leg extends Trail {
  readonly key: string;
}

/**
 * The usual ways are still the ways while nothing on them is down, and where there was none there is none now. For what a router
 * announces to a neighbour depends on that neighbour and on the path's length alone, and what fails makes no path shorter. A site that no
 * longer announces a service is another matter: services are worked out for every case.
 */
export function legsOf(topology: Topology): (failure: Failure) => Legs {
  const predict = predictorOf(topology.city);
  const usual = new Map<string, readonly Leg[]>();
  const find = (routed: Routed, start: ElementNumber, prediction: Prediction, failure: Failure): readonly Leg[] =>
    trailsTo(routed, start, prediction, failure).map(trail => ({ ...trail, key: trailKey(trail) }));
  const undisturbed = predict(NOTHING_FAILED);
  return failure => {
    const prediction = predict(failure);
    const known = new Map<string, readonly Leg[]>();
    return (routed, start) => {
      const key = `${routedKey(routed)} ${start}`;
      const before = usual.get(key) ?? find(routed, start, undisturbed, NOTHING_FAILED);
      usual.set(key, before);
      if (routed.class !== 'services' && before.every(trail => isUp(trail, failure))) return before;
      const legs = known.get(key) ?? find(routed, start, prediction, failure);
      known.set(key, legs);
      return legs;
    };
  };
}

const isUp = ({ hops, end }: Trail, { nodes, links }: Failure): boolean =>
  !nodes.has(end) && hops.every(({ node, link }) => !nodes.has(node) && !links.has(link.number));

const trailKey = ({ hops, end }: Trail): string => `${hops.map(({ link }) => link.number)} ${end}`;
