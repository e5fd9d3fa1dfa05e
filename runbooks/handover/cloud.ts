import type { Change } from './change.js';
import type { Situation } from './situation.js';

/** `not-yet`: the resource is busy; nothing was changed, and the change may be requested again. */
export type Taken = 'taken' | 'not-yet';

/** AWS, as a handover sees it: two functions, so that tests can have an AWS of their own. */
export interface Cloud {
  /** What is at both sites now. What does not answer is undefined. @throws {WorldError} when AWS refused the question */
  look(signal: AbortSignal): Promise<Situation>;
  /** Requests a change; when it is `taken`, it may not be done yet. @throws {WorldError} when AWS refused it */
  perform(change: Change, signal: AbortSignal): Promise<Taken>;
}
