import { WorldError } from '../../city/problem.js';
import type { Refusal } from './plan.js';

/** The conditions that do not hold, each with the message and hint with which `up` refuses. Bugs and bad input are thrown. */
export async function refusalsOf(conditions: readonly (() => Promise<unknown>)[]): Promise<readonly Refusal[]> {
  const found: Refusal[] = [];
  for (const holds of conditions) {
    try {
      await holds();
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      found.push({ what: error.message, hint: error.hint });
    }
  }
  return found;
}
