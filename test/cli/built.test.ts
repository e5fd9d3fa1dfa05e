/** The built program as a process: what only a process has, its exit code and its pipes. `npm test` builds it first. */

import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

const CITYDC = 'dist/citydc.js';

function exitCode(file: string, ...args: readonly string[]): Promise<number | null> {
  return new Promise(resolve => {
    const child = execFile(file, args, () => resolve(child.exitCode));
  });
}

test.each([
  { code: 0, args: ['check'] },
  { code: 0, args: ['--help'] },
  { code: 2, args: ['check', '--colour'] },
  { code: 2, args: ['plan', 'nowhere'] },
])("$code is the process's exit code after $args", async ({ code, args }) => {
  expect(await exitCode(process.execPath, CITYDC, ...args)).toBe(code);
});

test('a reader that leaves early is no failure', async () => {
  expect(await exitCode('bash', '-o', 'pipefail', '-c', `"${process.execPath}" ${CITYDC} plan | head -n 1`)).toBe(0);
});

test('a result that cannot be written is not a result', async () => {
  expect(await exitCode('bash', '-c', `"${process.execPath}" ${CITYDC} plan > /dev/full`)).toBe(3);
});
