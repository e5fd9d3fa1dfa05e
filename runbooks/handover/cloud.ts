import type { Change } from './change.js';
import type { Situation } from './situation.js';

/** `not-yet`: what it is for is busy; nothing was changed, and it may be asked for again. */
export type Taken = 'taken' | 'not-yet';

/** AWS, as a handover sees it: two verbs, so that tests have one of their own. */
export interface Cloud {
  /** What stands at both sites now. What does not answer is undefined. @throws {WorldError} when the question was refused */
  look(signal: AbortSignal): Promise<Situation>;
  /** Asks for a change; on return it was accepted, and may not be done yet. @throws {WorldError} when it was refused */
  perform(change: Change, signal: AbortSignal): Promise<Taken>;
}
