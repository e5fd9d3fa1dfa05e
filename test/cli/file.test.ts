import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../infra/cli/commands.js';
import { writeWhole } from '../../infra/cli/file.js';
import { run } from '../../infra/cli/run.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fakeWorld } from './world.js';

const never = new AbortController().signal;

const check = (...args: string[]) => checkOf('can-tho-2022', ...args);
async function checkOf(inventory: string, ...args: string[]) {
  const { world, written } = fakeWorld();
  return { code: await run(['check', inventory, ...args], COMMANDS, world), ...written };
}

test('a file is replaced whole, and nothing is left beside it', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.html'), 'old');
  await writeWhole(join(folder, 'a.html'), 'new', '--html', never);
  expect(readdirSync(folder)).toEqual(['a.html']);
  expect(readFileSync(join(folder, 'a.html'), 'utf8')).toBe('new');
});

test('what a link leads to is written, and the link stays', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'real.html'), 'old');
  symlinkSync('real.html', join(folder, 'link.html'));
  await writeWhole(join(folder, 'link.html'), 'new', '--html', never);
  expect(readFileSync(join(folder, 'real.html'), 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['link.html', 'real.html']);
});

test('who is interrupted leaves the old file, and no half one', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.html'), 'old');
  const reason = new Error('interrupted');
  await expect(writeWhole(join(folder, 'a.html'), 'new', '--html', AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(readdirSync(folder)).toEqual(['a.html']);
  expect(readFileSync(join(folder, 'a.html'), 'utf8')).toBe('old');
});

test('check --html writes the page and says where', async () => {
  const path = join(temporaryFolder(), 'check.html');
  const { code, stdout } = await check('--html', path);
  expect(code).toBe(0);
  expect(stdout.endsWith(`no problems, 163 accepted findings\nthe page for a browser: ${path}\n`)).toBe(true);
  expect(readFileSync(path, 'utf8')).toMatch(/^<!DOCTYPE html>\n<html lang="vi">/);
  const json = await check('--json', '--html', path);
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: 1, problems: [], page: path });
});

test.each([
  ['a folder', (folder: string) => mkdirSync(join(folder, 'page')), 'page', "page' is there already and is not a file"],
  ['a device', () => undefined, '/dev/null', "'/dev/null' is there already and is not a file"],
  ['a folder that is not there', () => undefined, 'missing/page', "missing' is not a folder"],
])('check --html refuses %s', async (_what, prepare, name, message) => {
  const folder = temporaryFolder();
  prepare(folder);
  const { code, stdout, stderr } = await checkOf('test/errors/base', '--html', name.startsWith('/') ? name : join(folder, name));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('hint: ');
});

test('check --html goes with no other question', async () => {
  const { code, stderr } = await checkOf('test/errors/base', '--html', '/tmp/never.html', '--explain', 'e131', 'portal');
  expect(code).toBe(2);
  expect(stderr).toContain("option '--html <file>' cannot be used with option '--explain <what...>'");
});
