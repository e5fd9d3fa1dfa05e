// Writes test/nightly.json: LOG EXIT-CODE SECONDS. Plain JavaScript: it also runs where nothing could be installed.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [log, code, seconds] = process.argv.slice(2);
const git = (...words) => execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
const counts = readFileSync(log, 'utf8')
  .match(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)
  ?.at(-1);
// Without a closing line no test has run to its end.
const [passed, failed, skipped] = counts?.match(/\d+/g)?.map(Number) ?? [null, null, null];
const changed = git('status', '--porcelain', '--', ':/', ':!/test/nightly.json') !== '';
const result = {
  schema: 1,
  result: code === '0' ? 'passed' : 'failed',
  date: new Date().toISOString().slice(0, 10),
  commit: `${git('rev-parse', 'HEAD')}${changed ? ' with changes' : ''}`,
  passed,
  failed,
  skipped,
  seconds: Number(seconds),
};
writeFileSync(join(import.meta.dirname, '..', 'nightly.json'), `${JSON.stringify(result, undefined, 2)}\n`);
