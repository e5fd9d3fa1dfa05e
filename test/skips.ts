import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A part of the tests that may be skipped, and the only reasons that it may give. */
export interface Skip {
  readonly file: string;
  /** The suite's or the test's own title; it covers all that is in it. */
  readonly name: string;
  readonly reasons: readonly string[];
}

/** The committed list. The reporter fails a run that skips anything else. */
export const SKIPS = (JSON.parse(readFileSync(join(import.meta.dirname, 'skips.json'), 'utf8')) as { skips: readonly Skip[] }).skips;

/**
 * For `describe.skipIf` and `test.skipIf`: whether there is a reason not to run what the list names.
 *
 * @throws when the list does not know the name, or not this reason for it
 */
export function skipUnless(name: string, reason: string | undefined, allowed: readonly Skip[] = SKIPS): boolean {
  const skip = allowed.find(candidate => candidate.name === name);
  if (skip === undefined) throw new Error(`'${name}' may not be skipped: test/skips.json does not list it`);
  if (reason === undefined) return false;
  if (!skip.reasons.includes(reason))
    throw new Error(`'${name}' may not be skipped because it '${reason}': see its reasons in test/skips.json`);
  console.warn(skipLine({ file: skip.file, name, reason }));
  return true;
}

/** A part that was skipped, and why: what {@link skipUnless} says of it, as reporters read it. */
export interface Reported {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}
const skipLine = ({ file, name, reason }: Reported): string => `skipped: ${file}: ${name}: ${reason}`;

/** What was reported in a process's output. */
export const reportedIn = (output: string, list: readonly Skip[] = SKIPS): readonly Reported[] =>
  list.flatMap(({ file, name, reasons }) =>
    reasons.map(reason => ({ file, name, reason })).filter(reported => output.split('\n').includes(skipLine(reported))),
  );

/** Where a test stands: its file, and its titles from the outside in. */
export interface Place {
  readonly file: string;
  readonly titles: readonly string[];
}

/** A line for every part of which tests were skipped: how many, and why as far as it was reported. */
export const skippedParts = (skipped: readonly Place[], reported: readonly Reported[], list: readonly Skip[] = SKIPS): readonly string[] =>
  list.flatMap(skip => {
    const count = skipped.filter(test => covers(skip, test)).length;
    const reasons = reported.filter(({ file, name }) => file === skip.file && name === skip.name).map(({ reason }) => reason);
    return count === 0 ? [] : [`skipped: ${count} of '${skip.name}' (${skip.file}): ${reasons.join('; ') || 'no reason was reported'}`];
  });

/** Whether the list covers a skipped test, named by its file and its titles from the outside in. */
export const covers = ({ file, name }: Skip, test: Place): boolean => file === test.file && test.titles.includes(name);
