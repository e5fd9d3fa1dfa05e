/** `up --plan` on Docker hosts: what terraform says and which files arrive, as steps; and that nothing of the state folder changes. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load } from '../../../infra/city/load/load.js';
import { readInventory } from '../../../infra/city/load/read.js';
import type { City } from '../../../infra/city/model.js';
import { arriving } from '../../../infra/docker/deploy/arriving.js';
import { planUp } from '../../../infra/docker/deploy/plan.js';
import { allReplaced, notifiedAgain, type Planned, stepsOf } from '../../../infra/docker/deploy/planned.js';
import { prepareStack, type StackSource } from '../../../infra/docker/deploy/stack.js';
import { containerAddress } from '../../../infra/docker/deploy/terraform.js';
import { writeDeployed } from '../../../infra/docker/deployed.js';
import { dockerCity, type HostGroup, hostGroupsOf } from '../../../infra/docker/ready.js';
import { dockerState } from '../../../infra/docker/state-folder.js';
import { addOffice, NEW_OFFICE } from '../../added-office.js';
import { DAY } from '../../city/day.js';
import { canTho, smallCity } from '../../site/cities.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { fakeDocker } from './fake-docker.js';

const { topology, layout } = dockerCity(smallCity);
const groups = hostGroupsOf(topology, layout);
const NO_CHANGES = { create: [], update: [], replace: [], destroy: [] };
const planned = (changes: Partial<Planned['changes']>, more: Partial<Planned> = {}): Planned => ({
  ...{ city: smallCity, groups, wires: layout.wires, goneHosts: [], arriving: [] },
  ...more,
  changes: { ...NO_CHANGES, ...changes },
});
const group = (name: string): HostGroup => groups.find(each => each.name === name) as HostGroup;

describe('files that arrive at a host', () => {
  const manifest = (...lines: readonly string[]) => new Map([['n67', { manifest: lines.map(line => `${line}\n`).join('') }]]);
  const of = (before: readonly string[], after: readonly string[]) => arriving(group('n67'), manifest(...before), manifest(...after));

  test('ask of each program the most that one of them asks', () =>
    expect(
      of(
        ['a1 reload frr /a', 'b1 restart frr /b', 'c1 reload network /c'],
        ['a2 reload frr /a', 'b2 restart frr /b', 'd1 reload network /d'],
      ),
    ).toMatchObject([
      {
        ...{ host: 'n67', site: undefined, effect: 'restart' },
        programs: [
          { program: 'frr', how: 'restart' },
          { program: 'network', how: 'reload' },
        ],
        files: [
          { what: 'changed', path: '/a' },
          { what: 'changed', path: '/b' },
          { what: 'new', path: '/d' },
          { what: 'gone', path: '/c' },
        ],
      },
    ]));

  test('boot it where one needs that, and restart what runs another program of ours', () => {
    expect(of(['a1 boot frr /a'], ['a2 reload frr /a'])).toMatchObject([{ effect: 'boot', programs: [] }]);
    expect(of(['a1 restart ward -'], ['a2 restart ward -'])).toMatchObject([
      { files: [{ path: 'the program of ward', what: 'changed' }], programs: [{ program: 'ward', how: 'restart' }] },
    ]);
  });

  test('that are the same are none, and a host that is new takes its own when it starts', () => {
    expect(of(['a1 reload frr /a'], ['a1 reload frr /a'])).toEqual([]);
    expect(arriving(group('n67'), new Map(), manifest('a1 reload frr /a'))).toEqual([]);
  });
});

describe('what terraform plans', () => {
  test('of several sites goes site by site, the city healthy after each, the primary last', () => {
    const hosts = ['s1', 's2', 's3'].map(name => group(name).hosts.map(host => host.name));
    const steps = stepsOf(planned({ replace: [...hosts.flat(), 'n67'].map(containerAddress) }));
    const [first, second, third] = hosts;
    expect(steps).toEqual([
      ...[second, third, first].flatMap(names => [
        { do: 'replace-hosts', hosts: names },
        { do: 'await-steady', after: names },
      ]),
      { do: 'replace-hosts', hosts: ['n67'] },
    ]);
  });

  test('and files that arrive: not reported of a host that starts with them', () => {
    const file = { path: '/a', what: 'changed', program: 'frr', onChange: 'reload' } as const;
    const change = (host: string, site: string | undefined) => ({
      ...{ host, site, files: [file], settings: [], newWires: false, effect: 'reload' as const },
      programs: [{ program: 'frr', how: 'reload' as const }],
    });
    const arriving = [change('s1-router1', 's1'), change('n67', undefined), change('e77', undefined)];
    const steps = stepsOf(planned({ create: ['docker_container.e77', 'docker_volume.e77-files'] }, { arriving }));
    expect(steps).toMatchObject([
      { do: 'create-hosts', hosts: ['e77'], wires: [{ name: 'l77' }, { name: 'l1077' }] },
      { do: 'change-hosts', site: undefined, hosts: [{ host: 'n67' }] },
      { do: 'change-hosts', site: 's1', hosts: [{ host: 's1-router1' }] },
    ]);
  });

  test('a group that is notified although no file differs is named', () => {
    const replace = ['docker_container.n67-laid', 'docker_container.s1-laid'];
    expect(notifiedAgain(planned({ replace }))).toEqual(['s1', 'n67']);
    expect(notifiedAgain(planned({ replace: [...replace, 'docker_container.n67'] }))).toEqual(['s1']);
  });

  test('an image that a Docker host has not may replace all that stays', () => {
    const changes = allReplaced(new Set(['n67', 'e999']), [group('n67')], ['e999']);
    expect(changes).toMatchObject({ replace: ['docker_container.n67'], destroy: ['docker_container.e999'] });
    expect(changes.create).toContain('docker_container.e77');
  });
});

/** A terraform that plans as ordered, and writes down where it ran and what secrets were there. */
function fakeTerraform(...changes: readonly { readonly action: string; readonly addr: string }[]): string {
  const folder = temporaryFolder();
  const events = changes.map(({ action, addr }) => JSON.stringify({ type: 'planned_change', change: { action, resource: { addr } } }));
  writeFileSync(join(folder, 'events'), events.map(line => `${line}\n`).join(''));
  const script = `#!/bin/sh\n[ "$1" = plan ] || exit 0\npwd > ${folder}/folder\nls ../../../../secrets > ${folder}/secrets\ncat ../../../terraform.tfstate > ${folder}/state\ncat ${folder}/events\n`;
  writeFileSync(join(folder, 'terraform'), script, { mode: 0o755 });
  return join(folder, 'terraform');
}

describe('a city that was deployed from here', () => {
  const source = (inventory: string): StackSource => ({ from: 'inventory', inventory, districts: 'n73', program: 'dist/stack.js' });
  const part = async (folder: string): Promise<City> => {
    const { partNamed } = await import('../../../infra/city/part.js');
    return partNamed(load(await readInventory(folder), DAY), 'n73');
  };

  async function deployed(inventory: string): Promise<string> {
    const root = temporaryFolder();
    const state = dockerState(root);
    await prepareStack({ source: source(inventory), state: root, out: state.out, image: undefined });
    mkdirSync(dirname(state.city), { recursive: true });
    await writeDeployed(state, { city: await part(inventory), chosen: {}, applied: true });
    writeFileSync(join(root, 'docker', 'terraform.tfstate'), 'what terraform keeps');
    return root;
  }

  const optionsOf = (root: string, inventory: string, city: City, terraform: string, client: string) => ({
    ...{ state: dockerState(root), city, source: source(inventory), client, terraform, path: undefined, certificates: undefined },
    ...{ chosen: {}, progress: () => {}, signal: new AbortController().signal },
  });
  const content = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [path, readFileSync(path, 'utf8')]);

  test('gets an office more: reports what is made and who gets which files, on a copy, and nothing is changed', async () => {
    const [before, after] = [temporaryFolder(), temporaryFolder()];
    for (const folder of [before, after]) cpSync('infra/city/inventory/can-tho-2022', folder, { recursive: true });
    addOffice(after);
    const root = await deployed(before);
    const kept = content(root);
    const terraform = fakeTerraform(
      { action: 'create', addr: containerAddress(NEW_OFFICE) },
      { action: 'replace', addr: 'docker_container.n73-laid' },
    );
    const docker = fakeDocker();
    docker.answer({ when: 'version', stdout: '1.52\n' });
    const reported = await planUp(optionsOf(root, after, await part(after), terraform, docker.program));
    expect(reported).toMatchObject({
      ...{ runs: true, refusals: [], preparations: [], notes: [] },
      steps: [
        { do: 'create-hosts', hosts: [NEW_OFFICE], wires: [{ name: 'l240' }] },
        { do: 'change-hosts', site: undefined, hosts: [{ host: 'n73', effect: 'reload' }] },
        { do: 'change-hosts', site: 's1', hosts: [{ host: 's1-router1', effect: 'reload' }, { host: 's1-monitor1' }] },
        { do: 'change-hosts', site: 's2', hosts: [{ host: 's2-router1', effect: 'reload' }, { host: 's2-monitor1' }] },
      ],
    });
    expect(content(root)).toEqual(kept);
    const ran = (name: string) => readFileSync(join(dirname(terraform), name), 'utf8').trim();
    expect(ran('folder')).toMatch(new RegExp(`^${root}/plan-[^/]+/docker/cdktf.out/stacks/city$`));
    expect(existsSync(ran('folder'))).toBe(false);
    expect(ran('state')).toBe('what terraform keeps');
    expect(ran('secrets').split('\n')).toEqual(expect.arrayContaining(readdirSync(join(root, 'secrets'))));
    expect(docker.calls().map(({ words }) => words[0])).not.toContain('rm');
  });

  test('and is another: refused, with the way out', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'docker'));
    await writeDeployed(dockerState(root), { city: { ...canTho, id: 'elsewhere' }, chosen: {}, applied: true });
    const reported = await planUp(optionsOf(root, 'can-tho-2022', canTho, '/nowhere', fakeDocker().program));
    expect(reported.refusals).toMatchObject([
      { what: expect.stringContaining('can-tho-2022 is another city'), hint: expect.stringContaining('down') },
    ]);
    expect(reported.steps).toEqual([]);
  });
});

test('where nothing was deployed, neither Docker nor terraform is asked, and a fault is reported', async () => {
  const root = temporaryFolder();
  const [state, docker] = [dockerState(root), fakeDocker()];
  mkdirSync(state.faults, { recursive: true });
  const fault = { schema: 1, id: 'f1', fault: { do: 'cut', links: [12] }, injectedAt: '2026-12-01T00:00:00Z', by: 'operator', means: '' };
  writeFileSync(join(state.faults, 'f1.json'), `${JSON.stringify(fault)}\n`);
  const reported = await planUp({
    ...{ state, city: smallCity, client: docker.program, terraform: '/nowhere', path: undefined, certificates: undefined, chosen: {} },
    source: { from: 'bundle', folder: '/nowhere', image: { tag: '', archive: '' }, plugins: undefined },
    ...{ progress: () => {}, signal: new AbortController().signal },
  });
  expect(reported).toMatchObject({ runs: false, steps: [{ do: 'create-hosts', hosts: layout.hosts.map(({ name }) => name) }] });
  expect(reported.refusals.map(({ what }) => what)).toEqual(['the city cannot be changed while a fault is active: f1']);
  expect(docker.calls()).toEqual([]);
});
