import type { Change } from './change.js';
import type { Situation } from './situation.js';

/** AWS, as a handover sees it: two verbs, so that tests have one of their own. */
export interface Cloud {
  /** What stands at both sites now. What does not answer is undefined. @throws {WorldError} when the question was refused */
  look(): Promise<Situation>;
  /** Asks for a change; on return it was accepted, and may not be done yet. @throws {WorldError} when it was refused */
  perform(change: Change): Promise<void>;
}
