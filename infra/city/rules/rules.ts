import { copiesStayJoined } from './copies-stay-joined.js';
import { linesHaveRoom } from './lines-have-room.js';
import type { RuleName } from './names.js';
import { noSinglePointOfFailure } from './no-single-point-of-failure.js';
import { officesAreServed } from './offices-are-served.js';
import { oneWriter } from './one-writer.js';
import type { Rule } from './rule.js';

/** Every rule about a city, in the order of the report. */
export const RULES = {
  'offices-are-served': officesAreServed,
  'no-single-point-of-failure': noSinglePointOfFailure,
  'one-writer': oneWriter,
  'copies-stay-joined': copiesStayJoined,
  'lines-have-room': linesHaveRoom,
} as const satisfies Record<Exclude<RuleName, 'sites-can-serve' | 'programs-are-let-through' | 'segmentation'>, Rule>;
