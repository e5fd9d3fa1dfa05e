import { cityIsWatched } from './city-is-watched.js';
import { copiesStayJoined } from './copies-stay-joined.js';
import { externalsAreServed } from './externals-are-served.js';
import { linesHaveRoom } from './lines-have-room.js';
import type { RuleName } from './names.js';
import { noSinglePointOfFailure } from './no-single-point-of-failure.js';
import { officesAreServed } from './offices-are-served.js';
import { oneWriter } from './one-writer.js';
import type { Rule } from './rule.js';
import { sitesCanServe } from './sites-can-serve.js';

/** Every rule about a city, in the order of the report. */
export const RULES = {
  'sites-can-serve': sitesCanServe,
  'offices-are-served': officesAreServed,
  'externals-are-served': externalsAreServed,
  'no-single-point-of-failure': noSinglePointOfFailure,
  'one-writer': oneWriter,
  'copies-stay-joined': copiesStayJoined,
  'lines-have-room': linesHaveRoom,
  'city-is-watched': cityIsWatched,
} as const satisfies Record<Exclude<RuleName, 'programs-are-let-through' | 'neighbours-announce-their-own' | 'segmentation'>, Rule>;
