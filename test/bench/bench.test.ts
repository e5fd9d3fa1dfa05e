import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { FIGURES } from './figures.js';

test('asked for nothing, it has a row for every figure, and none was run', () => {
  const nothing = ['checks', 'synths', 'ups', 'drills', 'cuts', 'dockers'].flatMap(option => [`--${option}`, '0']);
  const output = execFileSync(process.execPath, ['infra/cli/bootstrap.mjs', 'bench', ...nothing], { encoding: 'utf8' });
  expect(JSON.parse(output)).toMatchObject({ rows: Object.keys(FIGURES).map(figure => ({ figure, verdict: 'not-run' })) });
});
