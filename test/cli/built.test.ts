/** The built program as a process: what only a process has, its exit code and its pipes. `npm test` builds it first. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('the command finds no cdktf where it looks for its code: the stack alone does', () => {
  const read = (name: string) => readFileSync(join('dist', name), 'utf8');
  const reached = (entry: string) => {
    const files = new Set([entry]);
    for (const file of files)
      for (const [, name = ''] of read(file).matchAll(/(?:from|import)\s*\(?\s*"\.{1,2}\/(?:chunks\/)?([^"/]+\.js)"/g))
        files.add(existsSync(join('dist', 'chunks', name)) ? join('chunks', name) : name);
    return [...files].filter(file => /["'](?:@cdktf\/|cdktf["'])/.test(read(file)));
  };
  expect(reached('citydc.js')).toEqual([]);
  expect(reached('docker-keeper.js')).toEqual([]);
  expect(reached('stack.js')).not.toEqual([]);
});
