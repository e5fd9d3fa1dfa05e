/** A hostile root plants links in its host at every level; what is outside stays as it is, and is not read. */

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorldError } from '../../../infra/city/problem.js';
import { type HostFiles, withHostFiles } from '../../../infra/lab/host-files.js';

const OWN = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const FILE = '/etc/citydc/secrets/key';

let [folder, root, outside] = ['', '', ''];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'host-files-')));
  [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
  mkdirSync(root);
  mkdirSync(join(outside, 'citydc/secrets'), { recursive: true });
  for (const path of ['key', 'citydc/secrets/key']) writeFileSync(join(outside, path), 'of the machine', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = <T>(work: (files: HostFiles) => T): T => withHostFiles('e131', root, work);
const plant = (at: string, target: string): void => {
  mkdirSync(dirname(join(root, at)), { recursive: true });
  symlinkSync(target, join(root, at));
};
const state = (): readonly string[] =>
  readdirSync(outside, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map(path => {
      const { mode, uid, gid } = statSync(join(outside, path));
      return `${path} ${mode.toString(8)} ${uid} ${gid}`;
    });

test('folders and files are made with their modes, replaced, read and removed', () => {
  files(each => {
    each.makeFolder('/var/lib/citydc', { ...OWN, mode: 0o750 });
    each.write(FILE, 'first', { ...OWN, mode: 0o400 });
    each.write(FILE, 'second', { ...OWN, mode: 0o400 });
  });
  expect(statSync(join(root, 'var/lib/citydc')).mode & 0o777).toBe(0o750);
  expect(statSync(join(root, FILE)).mode & 0o777).toBe(0o400);
  expect(files(each => each.read(FILE)).toString()).toBe('second');
  files(each => each.remove(FILE));
  files(each => each.remove(FILE));
  files(each => each.remove('/never/was/here'));
  expect(() => files(each => each.read(FILE))).toThrow('ENOENT');
});

test('what is open keeps its content when the file is replaced', () => {
  files(each => each.write(FILE, 'old', { ...OWN, mode: 0o644 }));
  const open = openSync(join(root, FILE), 'r');
  files(each => each.write(FILE, 'new', { ...OWN, mode: 0o644 }));
  expect(readFileSync(open, 'utf8')).toBe('old');
  closeSync(open);
  expect(readFileSync(join(root, FILE), 'utf8')).toBe('new');
});

const LEVELS = [
  { at: '/etc', target: '' },
  { at: '/etc/citydc', target: 'citydc' },
  { at: '/etc/citydc/secrets', target: 'citydc/secrets' },
];

describe.each(LEVELS)('a link at $at', ({ at, target }) => {
  test.each(['absolute', 'relative'])('%s: nothing is written, given away, read or removed behind it', kind => {
    const goal = join(outside, target);
    plant(at, kind === 'absolute' ? goal : join('../'.repeat(at.split('/').length), folder.slice(1), 'outside', target));
    const before = state();
    const refused = (work: (each: HostFiles) => unknown) => expect(() => files(work)).toThrow(WorldError);
    refused(each => each.write(FILE, 'evil', { ...OWN, mode: 0o644 }));
    refused(each => each.makeFolder(dirname(FILE), { ...OWN, mode: 0o777 }));
    refused(each => each.read(FILE));
    refused(each => each.remove(FILE));
    expect(state()).toEqual(before);
    expect(readFileSync(join(outside, 'citydc/secrets/key'), 'utf8')).toBe('of the machine');
  });
});

test('a link in the place of the file itself is replaced, not followed; it is not read', () => {
  plant(FILE, join(outside, 'key'));
  expect(() => files(each => each.read(FILE))).toThrow(/is a link, or not what it should be/);
  files(each => each.write(FILE, 'ours', { ...OWN, mode: 0o644 }));
  expect(readFileSync(join(outside, 'key'), 'utf8')).toBe('of the machine');
  expect(readFileSync(join(root, FILE), 'utf8')).toBe('ours');
});

test('a link in the place of a file is removed, not its goal', () => {
  plant(FILE, join(outside, 'key'));
  files(each => each.remove(FILE));
  expect(readFileSync(join(outside, 'key'), 'utf8')).toBe('of the machine');
});

test('a folder that becomes a link while it is open does not lead out', () => {
  files(each => {
    each.write(FILE, 'first', { ...OWN, mode: 0o644 });
    rmSync(join(root, 'etc/citydc/secrets'), { recursive: true });
    plant('/etc/citydc/secrets', join(outside, 'citydc/secrets'));
    // The open folder is gone: the write fails, and nowhere else is a file.
    expect(() => each.write(FILE, 'evil', { ...OWN, mode: 0o644 })).toThrow('ENOENT');
  });
  expect(readFileSync(join(outside, 'citydc/secrets/key'), 'utf8')).toBe('of the machine');
});

test('a pipe where a file is expected does not hold the reader, and a folder is no file', () => {
  mkdirSync(join(root, 'var'));
  execFileSync('mkfifo', [join(root, 'var/pipe')]);
  expect(() => files(each => each.read('/var/pipe'))).toThrow(WorldError);
  expect(() => files(each => each.read('/var'))).toThrow(WorldError);
  expect(() => files(each => each.write('/var', '', { ...OWN, mode: 0o644 }))).toThrow(/hint|not what it should be/);
});

test('a path that climbs is refused', () => {
  for (const path of ['/../outside/key', '/etc/../../outside/key', '/etc/.', '/etc/'])
    expect(() => files(each => each.read(path)), path).toThrow();
});
