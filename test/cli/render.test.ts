import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../infra/cli/commands.js';
import { run } from '../../infra/cli/run.js';
import { patched } from '../city/patched.js';
import { canTho, layoutOf } from '../site/cities.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fakeWorld } from './world.js';

async function render(...args: readonly string[]) {
  const { world, written } = fakeWorld();
  return { code: await run(['render', ...args], COMMANDS, world), ...written };
}

/** Files below a folder, with slashes on every system. */
const below = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .toSorted();

const newFolder = (): string => join(temporaryFolder(), 'new');

test('a program is written for every host that runs it', async () => {
  const out = newFolder();
  const { code, stdout, stderr } = await render('etcd', '--out', out);
  const hosts = layoutOf(canTho).hosts.filter(({ role }) => role === 'etcd');
  const expected = hosts.flatMap(({ name, files }) =>
    files.filter(({ program }) => program === 'etcd').map(({ path }) => `${name}${path}`),
  );
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${expected.length} files under ${out}\n`, stderr: '' });
  expect(below(out)).toEqual(expected.toSorted());
});

test('--json lists the files that were written', async () => {
  const out = newFolder();
  const { code, stdout } = await render('alertmanager', '--out', out, '--json');
  const { schema, files } = JSON.parse(stdout);
  expect({ code, schema }).toEqual({ code: 0, schema: 1 });
  expect(files.toSorted()).toEqual(below(out).map(path => join(out, path)));
});

test("grafana is a provisioning folder with both sites' Prometheus, and the walls", async () => {
  const out = newFolder();
  expect((await render('grafana', 'can-tho-2022', '--out', out)).code).toBe(0);
  expect(below(out)).toEqual([
    'dashboards/citydc-wall-en.json',
    'dashboards/citydc-wall-vi.json',
    'provisioning/dashboards/citydc.yaml',
    'provisioning/datasources/citydc.yaml',
  ]);
  const { datasources } = parse(readFileSync(join(out, 'provisioning', 'datasources', 'citydc.yaml'), 'utf8'));
  const addressOf = (host: string) => layoutOf(canTho).hosts.find(({ name }) => name === host)?.address;
  expect(datasources.map(({ uid, url }: Record<string, string>) => [uid, url])).toEqual([
    ['prometheus-s1', `http://${addressOf('s1-monitor1')}:9090`],
    ['prometheus-s2', `http://${addressOf('s2-monitor1')}:9090`],
  ]);
});

test('all is everything of every host, and what is rendered apart', async () => {
  const out = newFolder();
  expect((await render('all', '--out', out)).code).toBe(0);
  const hosts = layoutOf(canTho).hosts;
  expect(readdirSync(out).toSorted()).toEqual([...hosts.map(({ name }) => name), 'diagram', 'grafana', 'schema'].toSorted());
  expect(below(join(out, 's1-router1')).map(path => `/${path}`)).toEqual(
    hosts
      .find(({ name }) => name === 's1-router1')
      ?.files.map(({ path }) => path)
      .toSorted(),
  );
});

test('diagram is the network in layers and on the map, in both languages, and for Mermaid and Graphviz', async () => {
  const out = newFolder();
  expect((await render('diagram', 'can-tho-2025', '--out', out)).code).toBe(0);
  expect(below(out)).toEqual(['layers-en.svg', 'layers-vi.svg', 'map-en.svg', 'map-vi.svg', 'network.dot', 'network.mmd']);
  expect(readFileSync(join(out, 'map-vi.svg'), 'utf8').match(/class="area"/g)).toHaveLength(103);
});

test('an outline of another form stops the diagram, and nothing else', async () => {
  const folder = inventoryWith({ 'city.svg': '<svg viewBox="0 0 1 1"></svg>' });
  const { code, stderr } = await render('diagram', folder, '--out', newFolder());
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('city.svg: it is not an outline') });
  expect((await render('frr', folder, '--out', newFolder())).code).toBe(0);
});

test('an inventory without an outline has a map without areas', async () => {
  const out = newFolder();
  expect((await render('diagram', inventoryWith({}), '--out', out)).code).toBe(0);
  expect(readFileSync(join(out, 'map-vi.svg'), 'utf8')).not.toContain('class="area"');
});

function inventoryWith(more: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ ...patched([]).contents, ...more })) writeFileSync(join(folder, name), content);
  return folder;
}

test('a folder that holds something is refused, and left as it is', async () => {
  const out = temporaryFolder();
  writeFileSync(join(out, 'mine'), 'x');
  expect(await render('grafana', '--out', out)).toEqual({
    code: 2,
    stdout: '',
    stderr: `--out: '${out}' holds files already [folder-not-empty]\n  hint: name a new folder, or add --force to write into this one; nothing there is removed\n1 problem in the input\n`,
  });
  expect(below(out)).toEqual(['mine']);
});

test('--force writes into it and removes nothing', async () => {
  const out = temporaryFolder();
  writeFileSync(join(out, 'mine'), 'x');
  for (let times = 0; times < 2; times++) expect((await render('grafana', '--out', out, '--force')).code).toBe(0);
  expect(below(out)).toContain('mine');
  expect(below(out)).toHaveLength(5);
});

test('an empty folder is as good as none', async () => {
  const out = temporaryFolder();
  mkdirSync(join(out, 'empty'));
  expect((await render('grafana', '--out', join(out, 'empty'))).code).toBe(0);
});

test('a file in the way is exit code 3 with cause and next step', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const { code, stderr } = await render('grafana', '--out', file);
  expect(code).toBe(3);
  expect(stderr).toContain(`error: cannot write ${file}\n  because: `);
  expect(stderr).toContain('hint: name a folder that you may write to with --out');
});

test.each([
  [['grafna', '--out', 'x'], 'Allowed choices are all, grafana, diagram, schema, '],
  [['grafana'], "required option '--out <folder>' not specified"],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await render(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('a bad inventory writes nothing', async () => {
  const out = newFolder();
  expect((await render('grafana', 'nowhere', '--out', out)).code).toBe(2);
  expect(() => readdirSync(out)).toThrow();
});
