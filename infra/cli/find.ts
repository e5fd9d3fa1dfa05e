import { wordHint } from '../city/load/hint.js';
import { wrongInput } from '../city/problem.js';

interface Candidate {
  readonly id: string;
  readonly words: readonly string[];
  readonly code: string | undefined;
}

/**
 * The id of the one candidate that what was typed names: by id, number or code, or else by a part of its name, in which accents and case
 * do not count.
 *
 * @throws {InputError} when none or several fit
 */
export function findOne(what: string, typed: string, candidates: readonly Candidate[], ids: readonly string[]): string {
  const wanted = typed.trim();
  const exact = exactly(wanted, candidates);
  const fits =
    exact.length > 0 || wanted === '' ? exact : candidates.filter(({ words }) => words.some(word => plain(word).includes(plain(wanted))));
  const [only] = fits;
  if (only !== undefined && fits.length === 1) return only.id;
  const message =
    only === undefined
      ? `there is no ${what} '${wanted}'`
      : `'${wanted}' fits ${fits.length}: ${fits
          .slice(0, 5)
          .map(({ id, words }) => `${id} (${words[0]})`)
          .join(', ')}`;
  throw wrongInput('unknown-target', wanted, message, only === undefined ? wordHint(wanted, ids) : 'name one by its number');
}

/** A code is tried before a number: codes of units are numbers of five digits. */
function exactly(wanted: string, candidates: readonly Candidate[]): readonly Candidate[] {
  const named = candidates.filter(({ id, code }) => id === wanted || code === wanted);
  return named.length > 0 ? named : candidates.filter(({ id }) => /^[a-z]\d+$/.test(id) && id.slice(1) === wanted);
}

const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();
