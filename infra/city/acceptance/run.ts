/** Names of elements whose numbers follow each other, written as one: `l77-l214`. */

import { grouped } from '../grouped.js';
import { runsOf } from '../runs.js';

/** How many elements a run names, and the first of them; undefined when it is no run. */
export function runIn(name: string): { readonly letter: string; readonly first: number; readonly length: number } | undefined {
  const [, letter = '', first = '', again = '', last = ''] = /^([a-z])(\d{1,6})-([a-z])(\d{1,6})$/.exec(name) ?? [];
  const length = Number(last) - Number(first) + 1;
  return letter !== '' && letter === again && length > 1 ? { letter, first: Number(first), length } : undefined;
}

/** The names in a run, in order; of any other name itself. */
export function membersOf(name: string): readonly string[] {
  const run = runIn(name);
  return run === undefined ? [name] : Array.from({ length: run.length }, (_, index) => `${run.letter}${run.first + index}`);
}

/** Names with what is said of each; those that follow each other and say the same as one run, by number where they have one. */
export function asRuns(said: ReadonlyMap<string, string>): readonly (readonly [run: string, what: string])[] {
  const numbered = new Map<string, Map<number, string>>();
  const others = [...said].filter(([name, what]) => {
    const [, letter = '', number = ''] = /^([a-z])(\d+)$/.exec(name) ?? [];
    if (letter !== '') numbered.set(letter, (numbered.get(letter) ?? new Map<number, string>()).set(Number(number), what));
    return letter === '';
  });
  return [...[...numbered].flatMap(([letter, whats]) => runsAmong(letter, whats)), ...others];
}

function runsAmong(letter: string, whats: ReadonlyMap<number, string>): readonly (readonly [string, string])[] {
  const same = grouped([...whats], ([, what]) => [what]);
  const runs = [...same].flatMap(([what, list]) => runsOf(list.map(([number]) => number)).map(([first, last]) => ({ first, last, what })));
  return runs
    .toSorted((a, b) => a.first - b.first)
    .map(({ first, last, what }) => [first === last ? `${letter}${first}` : `${letter}${first}-${letter}${last}`, what]);
}
