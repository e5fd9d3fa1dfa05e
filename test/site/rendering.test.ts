/** Laws of the whole rendering, over the small city. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { City } from '../../infra/city/model.js';
import { type Host, secretFile } from '../../infra/site/host.js';
import { cases } from '../nightly.js';
import { canTho, layoutOf, smallCity } from './cities.js';

const LISTS = ['sites', 'aggregations', 'externals', 'endpoints', 'links', 'systems', 'carriers', 'riskGroups'] as const;
const { hosts } = layoutOf(canTho);
const files = hosts.flatMap(host => host.files.map(file => ({ ...file, host: host.name })));

const shuffled = (list: readonly unknown[]) => fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });

test('rendering is the same under shuffled input', () => {
  const lists = fc.record(Object.fromEntries(LISTS.map(name => [name, shuffled(smallCity[name])])));
  const expected = layoutOf(smallCity);
  fc.assert(
    fc.property(lists, other => {
      expect(layoutOf({ ...smallCity, ...(other as Partial<City>) })).toEqual(expected);
    }),
    { numRuns: cases(20, 200) },
  );
});

test('a file is rendered once a host, under an absolute path', () => {
  for (const host of hosts) {
    const paths = host.files.map(({ path }) => path);
    expect(new Set(paths).size, host.name).toBe(paths.length);
    expect(paths.every(path => /^(\/[\w.-]+)+$/.test(path) && !path.includes('..'))).toBe(true);
  }
});

test('no rendered file holds a key, a certificate or a password', () => {
  // Allowed: what a script reads from the secret's file when it runs, and psql's variable of that name.
  const openly = /-----BEGIN |\b\w*(?:password|passwd|secret)["']?\s*[:=]\s*["']?(?!\$\(cat \/etc\/citydc\/secrets\/|password')[^\s"':]/i;
  expect(files.filter(({ content }) => openly.test(content)).map(({ host, path }) => `${host}${path}`)).toEqual([]);
  for (const leak of ['PGPASSWORD=hunter2', 'password: hunter2', '"password": "hunter2"', '-----BEGIN PRIVATE KEY-----'])
    expect(leak).toMatch(openly);
});

test('a secret is named only on hosts that hold it, and held only where it is named', () => {
  for (const host of hosts) expect(named(host), host.name).toEqual(new Set(host.secrets.map(({ name }) => secretFile(name))));
});

const named = (host: Host): ReadonlySet<string> =>
  new Set(host.files.flatMap(({ content }) => content.match(/\/etc\/citydc\/secrets\/[\w-]+/g) ?? []));

test("names of a host's processes are unique, and every process is supervised", () => {
  for (const { name, processes, files } of hosts) {
    expect(new Set(processes.map(process => process.name)).size, name).toBe(processes.length);
    for (const process of processes) expect(files.some(({ path }) => path === `/etc/service/${process.name}/run`)).toBe(true);
  }
});

test('a file that needs a reload belongs to a program that can, or to none that runs', () => {
  for (const { name, processes, files } of hosts) {
    for (const { program, path, onChange } of files.filter(file => file.onChange === 'reload')) {
      const own = processes.filter(process => process.program === program);
      const heard = own.length === 0 || own.some(({ reload }) => reload !== undefined);
      expect(heard, `${onChange} of ${name}:${path}`).toBe(true);
    }
  }
});

test('what is run by its path is rendered, and may be run', () => {
  const commands = ({ processes, files }: Host) => [
    ...processes.map(({ command: [word = ''] }) => word),
    ...files.filter(({ path }) => path === '/etc/citydc/apply').flatMap(({ content }) => content.split('\n')),
  ];
  for (const host of hosts) {
    for (const path of commands(host).filter(word => word.startsWith('/etc/')))
      expect(host.files.find(file => file.path === path)?.mode, `${host.name}${path}`).toBe(0o755);
  }
});
