import { WorldError } from '../../city/problem.js';
import type { Refusal } from './plan.js';

/** What of some conditions does not hold, each in the words with which `up` refuses. Bugs and bad input are thrown on. */
export async function refusalsOf(conditions: readonly (() => Promise<unknown>)[]): Promise<readonly Refusal[]> {
  const found: Refusal[] = [];
  for (const holds of conditions) {
    try {
      await holds();
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      found.push({ what: error.message, wayOut: error.hint });
    }
  }
  return found;
}
