import { wordHint } from '../city/load/hint.js';
import { InputError } from '../city/problem.js';

interface Candidate {
  readonly id: string;
  readonly words: readonly string[];
  readonly code: string | undefined;
}

/** The one candidate whose id or code is, or whose name contains, what was typed; accents and case do not count. @throws {InputError} when none or several fit */
export function findOne(what: string, wanted: string, candidates: readonly Candidate[], ids: readonly string[]): string {
  const exact = candidates.filter(({ id, code }) => id === wanted || code === wanted);
  const fits = exact.length > 0 ? exact : candidates.filter(({ words }) => words.some(word => plain(word).includes(plain(wanted))));
  const [only] = fits;
  if (only !== undefined && fits.length === 1) return only.id;
  const message =
    only === undefined
      ? `there is no ${what} '${wanted}'`
      : `'${wanted}' fits ${fits.length}: ${fits
          .slice(0, 5)
          .map(({ id, words }) => `${id} (${words[0]})`)
          .join(', ')}`;
  throw new InputError([
    { rule: 'unknown-target', path: wanted, message, hint: only === undefined ? wordHint(wanted, ids) : 'name one by its number' },
  ]);
}

const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();
