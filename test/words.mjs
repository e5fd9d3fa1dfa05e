// Keeps words out that have a better one: `node test/words.mjs`, a part of `npm run lint`.
// A line that needs such a word says why, itself or the line before it: `word: REASON`.
// Plain JavaScript: it runs before anything is built.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The pattern of a word, and what to write in its place. The glossary is in infra/README.md. */
const WORDS = [
  ['told', 'announced (routes), notified (people), reported, written'],
  ['tells?|telling', 'says, reports, announces, notifies, distinguishes'],
  ['lies', 'is, is stored'],
  ['in force', 'active (faults, configurations), applied (files)'],
  ['into force', 'applies, is applied'],
  // Not the user of that name.
  ["(?<!')nobody(?!')", 'no operator, no client …: name the role; or say what is not so'],
  ['somebody', 'an operator, a client …: name the role'],
  ['whoever', 'the operator, the caller …: name the role'],
  ['(?:goes|go|going|went) on', 'continues'],
  ['answers? for (?=it|them|what|all|a )', 'is responsible for; stands for'],
  ['(?:asked|asks) for', 'requested, needs'],
  ['in earnest', 'in production'],
  ['(?:is|are|was|be|becomes?|became|come|all|city) well(?! (?:known|below|above|beyond|before))|well again', 'healthy'],
];

const EXCUSE = /(?:\/\/|#|<!--) word: \S/;
const READ = /\.(?:ts|mjs|md|ya?ml|schema\.json)$/;
/** Inventories of others' making, what is rendered from what is checked, and this list. */
const LEFT_OUT = /^test\/(?:golden|errors)\/|^test\/words\.mjs$/;
const PATTERNS = WORDS.map(([pattern, instead]) => [new RegExp(`\\b(?:${pattern})\\b`, 'gi'), instead]);

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n');
const files = tracked.filter(file => READ.test(file) && !LEFT_OUT.test(file) && existsSync(file));

function findingsIn(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => (isExcused(lines, index) ? [] : wordsIn(line).map(found => ({ file, line: index + 1, ...found }))));
}

const isExcused = (lines, index) => EXCUSE.test(lines[index]) || EXCUSE.test(lines[index - 1] ?? '');
const wordsIn = line => PATTERNS.flatMap(([pattern, instead]) => [...line.matchAll(pattern)].map(([word]) => ({ word, instead })));

const wrong = files.flatMap(findingsIn).map(({ file, line, word, instead }) => `${file}:${line}: '${word}': write ${instead}`);
if (files.length < 100) wrong.push('there is next to nothing to look at: run it from the root of the checkout');
for (const line of wrong) console.error(line);
process.exit(wrong.length > 0 ? 1 : 0);
