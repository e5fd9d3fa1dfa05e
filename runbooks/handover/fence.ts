/** Whether a site can still write. Pure. */

import type { Handover } from './handover.js';
import type { DatabaseFacts, SiteFacts } from './situation.js';
import { conditionOf } from './statuses.js';

/** Parts of a site that must be shut before its copy may be promoted. */
const FENCES = ['applications', 'doors', 'sessions'] as const;
export type Fence = (typeof FENCES)[number];

/** `unknown`: it does not answer; `stuck`: it answers, and cannot be restarted. Neither counts as fenced. */
export type Shut = 'shut' | 'open' | 'unknown' | 'stuck';

/** The state of each part of a site. Without a database that writes only its applications need to be shut. */
export const fencesOf = (site: SiteFacts): Readonly<Record<Fence, Shut>> => ({
  applications: shut(site.services, services => services.every(({ desired, running }) => desired === 0 && running === 0)),
  doors: shut(site.ingress, rules => rules.length === 0),
  sessions: sessionsOf(site.database),
});

const shut = <T>(part: T | undefined, is: (part: T) => boolean): Shut => {
  if (part === undefined) return 'unknown';
  return is(part) ? 'shut' : 'open';
};

/** A database that is down has no sessions: its clients have to connect again, and its rules decide whether they may. */
function sessionsOf(database: DatabaseFacts | null | undefined): Shut {
  if (database === undefined) return 'unknown';
  if (database === null || database.fencedSinceMs !== undefined) return 'shut';
  const condition = conditionOf(database);
  if (condition === 'down') return 'shut';
  return condition === 'stuck' ? 'stuck' : 'open';
}

/** The risks that the operator takes responsibility for. */
type Accepted = Pick<Handover, 'unreachable' | 'unfenced'>;

/** Whether nothing at a site can write: only then a copy of it may be promoted, unless the operator has accepted what is not shut. */
export const mayPromoteOver = (site: SiteFacts, accepted: Accepted): boolean =>
  Object.values(fencesOf(site)).every(state => state === 'shut' || isPassedOver(state, accepted));

/** Whether the operator has accepted a part that cannot be shut. */
export const isPassedOver = (state: Shut, { unreachable, unfenced }: Accepted): boolean =>
  (state === 'unknown' && unreachable) || (state === 'stuck' && unfenced);
