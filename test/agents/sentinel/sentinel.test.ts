/** The sentinel as it is shipped: a bundle, in a process of its own that is really kept from the processor. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { parseSentinel } from '../../../agents/contract/sentinel.js';
import { temporaryFolder } from '../../temporary-folder.js';

const PATIENCE = { timeout: 30_000 };
const folder = temporaryFolder();
const children: ChildProcess[] = [];

beforeAll(() => promisify(execFile)(process.execPath, ['infra/cli/build.mjs', 'agents', folder]));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** @param chrt what stands for the machine's own; absent: there is none */
function sentinel(words: readonly string[], chrt?: string) {
  const bin = join(temporaryFolder(), 'bin');
  mkdirSync(bin);
  if (chrt !== undefined) {
    writeFileSync(join(bin, 'chrt'), `#!/bin/sh\n${chrt}\n`);
    chmodSync(join(bin, 'chrt'), 0o755);
  }
  const child = spawn(process.execPath, [join(folder, 'sentinel.cjs'), ...words], { stdio: 'pipe', env: { PATH: bin } });
  children.push(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const exit = once(child, 'close');
  return { child, bin, read: () => parseSentinel(text), ended: async () => (await exit)[0] as number | null };
}

const normal = () => sentinel(['run-1', 'normal', '600']);

/** From the kernel: whether a process is stopped. */
const isStopped = (pid: number | undefined): boolean => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

test('kept from the processor, it says when it was late and by how much, and no silence is left over', async () => {
  const { child, read, ended } = normal();
  await expect.poll(() => read().stretches.length, PATIENCE).toBeGreaterThan(0);
  const stoppedMs = Date.now();
  child.kill('SIGSTOP');
  await expect.poll(() => isStopped(child.pid), PATIENCE).toBe(true);
  await expect.poll(() => Date.now() - stoppedMs, PATIENCE).toBeGreaterThan(700);
  child.kill('SIGCONT');
  await expect.poll(() => read().stretches.some(({ toMs }) => toMs > stoppedMs + 700), PATIENCE).toBe(true);
  child.stdin.end();
  expect(await ended()).toBe(0);

  const { stretches, priority, damaged } = read();
  expect({ priority, damaged }).toEqual({ priority: 'normal', damaged: [] });
  const found = stretches
    .flatMap(({ late }) => late)
    .filter(({ atMs, lateMs }) => atMs > stoppedMs + 700 && atMs - lateMs < stoppedMs + 100);
  expect(found.map(({ lateMs }) => lateMs > 600)).toEqual([true]);
  for (const [index, { fromMs }] of stretches.entries()) if (index > 0) expect(fromMs).toBe(stretches[index - 1]?.toMs);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it, and it says what it has seen up to then', async signal => {
  const { child, read, ended } = normal();
  await expect.poll(() => read().priority, PATIENCE).toBe('normal');
  child.kill(signal);
  expect(await ended()).toBe(0);
  expect(read().stretches.length).toBeGreaterThan(0);
});

test('it requests real-time priority of its own first thread, and watches when that is granted', async () => {
  const { child, bin, read, ended } = sentinel(['run-1', 'real-time', '600'], 'echo "$@" > "$0.asked"');
  await expect.poll(() => read().priority, PATIENCE).toBe('real-time');
  expect(readFileSync(join(bin, 'chrt.asked'), 'utf8')).toBe(`--rr --pid 5 ${child.pid}\n`);
  child.stdin.end();
  expect(await ended()).toBe(0);
});

test.each([
  ['is refused', 'echo "chrt: failed to set pid 7\'s policy: Operation not permitted" >&2; exit 1', /Operation not permitted/],
  ['is not known here', undefined, /ENOENT/],
])('a real-time priority that %s is reported, and nothing else claimed', async (_what, chrt, why) => {
  const { read, ended } = sentinel(['run-1', 'real-time', '600'], chrt);
  expect(await ended()).toBe(3);
  expect(read()).toMatchObject({ refused: expect.stringMatching(why), priority: undefined, stretches: [] });
});

test.each([[[]], [['run-1', 'high', '600']], [['run-1', 'normal', 'long']]])('%j is bad usage', async words =>
  expect(await sentinel(words).ended()).toBe(2),
);

test('it carries no library: it starts on machines that may be starved', () =>
  expect(readFileSync(join(folder, 'sentinel.cjs'), 'utf8').length).toBeLessThan(4000));
