import { type CheckReport, checkCity } from '../../city/check.js';
import type { City } from '../../city/model.js';
import type { Position } from '../../city/problem.js';
import { examineConnections } from '../../segmentation/findings/connections.js';
import { examineSegmentation } from '../../segmentation/findings/examine.js';
import { examineStanding } from '../../site/standing.js';
import { topologyOf } from '../../site/topology.js';

/**
 * The report of `check`, and of `up` before it changes anything: the rules of the model, and the proof of its segmentation (half a second
 * of processor time for the shipped city).
 */
export const reportOn = (city: City, today: string, locate: (path: string) => Position | undefined): CheckReport => {
  const topology = topologyOf(city);
  return checkCity(city, today, locate, [examineStanding(city), examineConnections(topology), examineSegmentation(topology)]);
};
