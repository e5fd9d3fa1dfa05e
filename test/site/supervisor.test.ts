import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Process } from '../../infra/site/host.js';
import { applyFile, applyWords, supervise } from '../../infra/site/programs/supervisor.js';
import { cases } from '../nightly.js';
import { temporaryFolder } from '../temporary-folder.js';

const run = promisify(execFile);
const base: Process = { name: 'toy', program: 'toy', command: ['printf', '%s'] };
const scriptOf = (process: Partial<Process>): string =>
  supervise({ ...base, ...process }).find(({ path }) => path === '/etc/service/toy/run')?.content ?? '';

const folder = temporaryFolder();

/** What the run script's command prints when a shell runs it. */
async function printed(process: Partial<Process>): Promise<string> {
  const path = join(folder, 'run');
  await writeFile(path, scriptOf(process));
  return (await run('sh', [path])).stdout;
}

test('a run script replaces itself by the command, with one stream for the log', () =>
  expect(scriptOf({ command: ['/usr/bin/etcd', '--config-file', '/etc/etcd/etcd.yml'] })).toBe(
    '#!/bin/sh\nexec 2>&1\nexec /usr/bin/etcd --config-file /etc/etcd/etcd.yml\n',
  ));

test('as another user, when it names one', () => expect(scriptOf({ user: 'postgres' })).toContain('\nexec chpst -u postgres printf %s\n'));

test('a secret is read when the process starts, by its file', () =>
  expect(scriptOf({ secretEnvironment: { PGPASSWORD: 'password:canary' } })).toContain(
    '\nPGPASSWORD=$(cat /etc/citydc/secrets/password-canary); export PGPASSWORD\n',
  ));

test('the log is rotated, and is stored by the name of the process', () => {
  const files = Object.fromEntries(supervise(base).map(({ path, content }) => [path, content]));
  expect(files['/etc/service/toy/log/run']).toContain('exec svlogd -tt /var/log/citydc/toy\n');
  expect(files['/var/log/citydc/toy/config']).toBe('s1000000\nn3\n');
});

test('what runs is executable', () => {
  const modes = supervise(base).map(({ path, mode }) => [path.endsWith('/run'), mode]);
  expect(modes).toEqual([
    [true, 0o755],
    [true, 0o755],
    [false, 0o644],
  ]);
});

describe('every word arrives as it is', () => {
  const odd = [
    '',
    ' ',
    'a b',
    "it's",
    '"',
    '$HOME',
    '`id`',
    '$(id)',
    '\\',
    '*',
    ';',
    '&&',
    '#',
    '~',
    '!',
    'ủy ban',
    '-n',
    'a\nb',
    "'",
    "''",
    '{a,b}',
  ];
  test('of a command', async () =>
    expect(await printed({ command: ['printf', '[%s]', ...odd] })).toBe(odd.map(word => `[${word}]`).join('')));
  test('of its environment', async () => {
    for (const value of odd)
      expect(await printed({ command: ['sh', '-c', 'printf "[%s]" "$ODD"'], environment: { ODD: value } })).toBe(`[${value}]`);
  });
  test('whatever it is', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'binary' }).map(text => text.replaceAll('\0', '')),
          { minLength: 1, maxLength: 4 },
        ),
        async words => {
          const clean = words.map(word => Buffer.from(word).toString());
          expect(await printed({ command: ['printf', '[%s]', ...clean] })).toBe(clean.map(word => `[${word}]`).join(''));
        },
      ),
      { numRuns: cases(40, 400) },
    ));
});

describe('what applies changed files', () => {
  const words = ['printf', '%s,', 'all', "it's"];
  const processes: readonly Process[] = [
    { ...base, name: 'one', program: 'pair', reload: { signal: 'HUP' } },
    { ...base, name: 'two', program: 'pair', reload: { command: words } },
    { ...base, name: 'deaf', program: 'deaf' },
  ];
  const script = join(folder, 'apply');

  /** What runit is ordered, and what a command prints. */
  async function done(program: string, how: 'reload' | 'restart'): Promise<string> {
    const { content } = applyFile(processes, { bare: words });
    await writeFile(script, content.replace('set -e\n', 'sv() { echo "sv $*"; }\n'));
    return (await run('sh', [script, ...applyWords(program, how).slice(1)])).stdout;
  }

  test.each([
    ['pair', 'reload', "sv hup /etc/service/one\nall,it's,"],
    ['pair', 'restart', 'sv -w 30 force-restart /etc/service/one\nsv -w 30 force-restart /etc/service/two\n'],
    ['deaf', 'reload', ''],
    ['bare', 'reload', "all,it's,"],
    ['bare', 'restart', "all,it's,"],
    ['none of it', 'restart', ''],
  ] as const)('%s: %s', async (program, how, expected) => expect(await done(program, how)).toBe(expected));

  test('a command that fails is reported', async () => {
    const { content } = applyFile([], { bare: ['false'] });
    await writeFile(script, content);
    await expect(run('sh', [script, 'bare', 'reload'])).rejects.toMatchObject({ code: 1 });
  });
});
