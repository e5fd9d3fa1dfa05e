import { distance } from 'fastest-levenshtein';

/** The allowed word nearest to a misspelt one, when it is near enough to be meant. */
function nearest(found: string, allowed: Iterable<string>): string | undefined {
  let best: { word: string; edits: number } | undefined;
  for (const word of allowed) {
    const edits = distance(found.toLowerCase(), word.toLowerCase());
    if (best === undefined || edits < best.edits) best = { word, edits };
  }
  return best !== undefined && best.edits <= Math.max(1, Math.floor(best.word.length / 3)) ? best.word : undefined;
}

/** `did you mean 'x'?`, or undefined. Of numbers none is near: each is another element's identity. */
export function didYouMean(found: string, allowed: Iterable<string>): string | undefined {
  if (/^[a-z]?\d+$/.test(found)) return undefined;
  const word = nearest(found, allowed);
  return word === undefined ? undefined : `did you mean '${word}'?`;
}

/** A hint for a wrong word: what was probably meant, else what is allowed. */
export function wordHint(found: string, allowed: Iterable<string>): string {
  const words = [...allowed];
  return didYouMean(found, words) ?? `allowed: ${listed(words)}`;
}

/** At most twelve words, comma-separated, with the count of the rest. */
export function listed(words: readonly string[]): string {
  const [shown, rest] = [words.slice(0, 12).join(', '), words.length - 12];
  return rest > 0 ? `${shown} and ${rest} more` : shown || 'none';
}

/** A found value for a message: short, on one line, nothing in it that a terminal obeys or that turns the direction of reading. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  const safe = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `'${safe.length > 60 ? `${safe.slice(0, 57)}...` : safe}'`;
}
