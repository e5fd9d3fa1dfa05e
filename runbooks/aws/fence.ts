/** Whether a site can still write. Pure. */

import type { DatabaseFacts, SiteFacts } from './situation.js';

/** Parts of a site that must be shut before its copy may be promoted. */
export const FENCES = ['applications', 'doors', 'sessions'] as const;
export type Fence = (typeof FENCES)[number];

/** `unknown`: it does not answer, which is no fence. */
export type Shut = 'shut' | 'open' | 'unknown';

/** The state of each part. A site without a database that writes has nothing to shut but its applications. */
export const fencesOf = (site: SiteFacts): Readonly<Record<Fence, Shut>> => ({
  applications: shut(site.services, services => services.every(({ desired, running }) => desired === 0 && running === 0)),
  doors: shut(site.ingress, rules => rules.length === 0),
  sessions: shut(site.database, database => database === null || database.fencedSinceMs !== undefined),
});

const shut = <T>(part: T | undefined, is: (part: T) => boolean): Shut => {
  if (part === undefined) return 'unknown';
  return is(part) ? 'shut' : 'open';
};

/** Whether nothing at a site can write: only then a copy of it may be promoted, unless somebody answers for what is unknown. */
export function mayPromoteOver(site: SiteFacts, unreachable: boolean): boolean {
  const all = Object.values(fencesOf(site));
  return all.every(state => state === 'shut' || (state === 'unknown' && unreachable));
}

/** Whether a database took over after another: the other is history. */
export const isNewer = (a: DatabaseFacts, b: DatabaseFacts): boolean => (a.writerSinceMs ?? 0) > (b.writerSinceMs ?? 0);
