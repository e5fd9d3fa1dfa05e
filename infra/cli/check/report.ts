import { type CheckReport, checkCity, type Examined, findingsOf } from '../../city/check.js';
import type { City } from '../../city/model.js';
import type { Position } from '../../city/problem.js';
import type { Finding } from '../../city/rules/finding.js';
import { examineConnections } from '../../segmentation/findings/connections.js';
import { examineSegmentation } from '../../segmentation/findings/examine.js';
import { examineAnnouncements } from '../../site/announcements.js';
import { topologyOf } from '../../site/topology.js';

/**
 * The report of `check`, and of `up` before it changes anything: the rules of the model, and the proof of its segmentation (half a second
 * of processor time for the shipped city).
 */
export const reportOn = (city: City, today: string, locate: (path: string) => Position | undefined): CheckReport =>
  checkCity(city, today, locate, furtherOf(city));

/** All that such a report is made of, accepted or not. */
export const findingsIn = (city: City): readonly Finding[] => findingsOf(city, furtherOf(city));

/** What is examined above the model. */
function furtherOf(city: City): readonly Examined[] {
  const topology = topologyOf(city);
  return [examineConnections(topology), examineAnnouncements(topology), examineSegmentation(topology)];
}
