/** `up --plan`: what it says of no city, an unchanged one and a changed one, and that it changes nothing. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import { COMMANDS } from '../../infra/cli/commands.js';
import { describePlan } from '../../infra/cli/describe-plan.js';
import { run } from '../../infra/cli/run.js';
import { type AppliedState, changesBetween } from '../../infra/fabric/convergence/changes.js';
import { planOf, type UpPlan } from '../../infra/fabric/convergence/plan.js';
import { identitiesOf } from '../../infra/fabric/pki/identity.js';
import { wantedImage } from '../../infra/image/build.js';
import { secretStore, withDigests } from '../../infra/image/secrets.js';
import { builtBundles } from '../../infra/lab/bundles.js';
import { planUp } from '../../infra/lab/plan.js';
import { stateFolder } from '../../infra/lab/state-folder.js';
import { topologyOf } from '../../infra/site/topology.js';
import { addOffice } from '../added-office.js';
import { DAY } from '../city/day.js';
import { canTho, layoutOf } from '../site/cities.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fakeWorld } from './world.js';

afterEach(() => void vi.restoreAllMocks());
const asUser = (uid: number) => vi.spyOn(process, 'getuid').mockReturnValue(uid);

async function plan(state: string, ...words: readonly string[]) {
  const { world, written } = fakeWorld();
  const code = await run(['up', '--plan', ...words], COMMANDS, { ...world, env: { ...process.env, CITYDC_STATE: state } });
  return { code, ...written };
}
/** The same without the command around it, which checks the inventory each time. */
const planned = (state: string, city = canTho): Promise<UpPlan> => planUp({ state: stateFolder(state), city, bundles: 'dist/agents' });

/** Whatever this machine runs beside is no matter of these tests. */
const refusals = ({ refusals: all }: Pick<UpPlan, 'refusals'>) =>
  all.map(({ what }) => what).filter(what => !/this machine|runs a city already/.test(what));

/** A state folder as a running city leaves it: every host's init is this process. */
async function runningCity(image = wantedImage()): Promise<string> {
  const root = temporaryFolder();
  const state = stateFolder(root);
  const secrets = secretStore(state.secrets, identitiesOf(topologyOf(canTho)), () => undefined);
  const { hosts, wires } = await withDigests(layoutOf(canTho), secrets);
  const put = (path: string, value: unknown) => writeFileSync(path, JSON.stringify(value));
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  for (const { name } of hosts) for (const folder of [state.host(name), join(state.runc, name)]) mkdirSync(folder, { recursive: true });
  put(state.phase, { schema: 1, phase: 'running', image });
  put(state.applied, { schema: 1, inventory: 'can-tho-2022', city: canTho, wires, bundles: await builtBundles('dist/agents') });
  for (const host of hosts) {
    put(join(state.host(host.name), 'host.json'), host);
    put(join(state.runc, host.name, 'state.json'), { init_process_pid: process.pid, init_process_start: Number(startedAt) });
  }
  return root;
}

/** Every file below a folder, with what is in it. */
const content = (folder: string) =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [path, readFileSync(path, 'utf8')]),
  );

describe('without a city', () => {
  test.each([0, 1000])('user %i reads what would be made, and nothing is made', async uid => {
    asUser(uid);
    const state = join(temporaryFolder(), 'state');
    const { code, stdout } = await plan(state);
    expect(code).toBe(0);
    expect(stdout).toContain('can-tho-2022: 167 hosts and 263 wires would be created; then `up` waits for steady state\n');
    expect(stdout).toMatch(/build the image +this machine +there is none of today's recipe/);
    expect(stdout.includes('`up` would refuse: the lab needs root')).toBe(uid !== 0);
    expect(existsSync(state)).toBe(false);
  });

  test('--json is one document, whose steps are what is carried out', async () => {
    const { stdout } = await plan(join(temporaryFolder(), 'state'), '--json');
    const hosts = layoutOf(canTho).hosts.map(({ name }) => name);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 1, inventory: 'can-tho-2022', runs: false },
      steps: [{ do: 'create-hosts', hosts }],
    });
  });
});

describe('a running city', () => {
  test('that is as wanted: nothing would change', async () => {
    asUser(0);
    const reported = await planned(await runningCity());
    expect(reported.steps).toEqual([]);
    expect(describePlan('can-tho-2022', reported)).toContain('can-tho-2022: nothing would change; `up` only waits for steady state\n');
  });

  test('and an office more: who is touched and what for, and nothing is changed', async () => {
    asUser(0);
    const [state, folder] = [await runningCity(), temporaryFolder()];
    for (const name of readdirSync('infra/city/inventory/can-tho-2022'))
      writeFileSync(join(folder, name), readFileSync(join('infra/city/inventory/can-tho-2022', name)));
    addOffice(folder);
    const before = content(state);
    const stdout = describePlan('can-tho-2022', await planned(state, load(await readInventory(folder), DAY)));
    expect(content(state)).toEqual(before);
    expect(stdout).toMatch(/create hosts +e240 +not there yet +they start; laid to them: l240 \(e240–n73\)/);
    expect(stdout).toMatch(/change hosts +n73 +.*\/etc\/citydc\/network.* +.*network: reload/);
    expect(stdout).toContain('1 host created; 5 hosts changed in place; 1 wire laid; nothing that runs ends or restarts; then `up` waits');
  });

  test('whose host is off has it started', async () => {
    asUser(0);
    const state = await runningCity();
    writeFileSync(join(stateFolder(state).runc, 'e131', 'state.json'), '{"init_process_pid":1,"init_process_start":-1}');
    expect((await planned(state)).steps).toEqual([{ do: 'power-on', hosts: ['e131'] }]);
  });

  test('is not looked at by who is not root, who reads so', async () => {
    const state = await runningCity();
    asUser(1000);
    await expect(planned(state)).rejects.toMatchObject({
      message: expect.stringContaining('the plan of a change needs root'),
      hint: expect.stringContaining('run the command as root'),
    });
  });
});

describe('why `up` would refuse', () => {
  test('an active fault, where more is to be changed than hosts started', async () => {
    asUser(0);
    const state = await runningCity();
    const { faults, host } = stateFolder(state);
    mkdirSync(faults);
    const fault = { schema: 1, id: 'f1', fault: { do: 'cut', links: [12] }, injectedAt: '2026-12-01T00:00:00Z', by: 'operator', means: '' };
    writeFileSync(join(faults, 'f1.json'), `${JSON.stringify(fault)}\n`);
    expect(refusals(await planned(state))).toEqual([]);
    writeFileSync(
      join(host('e131'), 'host.json'),
      JSON.stringify({ ...layoutOf(canTho).hosts.find(({ name }) => name === 'e131'), files: [] }),
    );
    const changed = await planned(state);
    expect(refusals(changed)).toEqual(['the city cannot be changed while a fault is active: f1']);
    expect(changed.steps).toMatchObject([{ do: 'change-hosts', hosts: [{ host: 'e131' }] }, { do: 'await-steady' }]);
  });

  test('a drill in progress', async () => {
    asUser(0);
    const state = await runningCity();
    mkdirSync(stateFolder(state).drills);
    writeFileSync(join(stateFolder(state).drills, 'current.json'), JSON.stringify({ schema: 1, run: 'trial', pid: process.pid }));
    const { code, stdout } = await plan(state);
    expect(code).toBe(0);
    expect(stdout).toContain(`\`up\` would refuse: drill trial is running (process ${process.pid})\n  hint: wait for it`);
  });

  test('an etcd of before its lines were encrypted: with the way out', async () => {
    asUser(0);
    const root = await runningCity();
    const path = join(stateFolder(root).host('s1-etcd1'), 'host.json');
    const host = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...host, secrets: [] }));
    expect(refusals(await planned(root))).toEqual(['s1-etcd1 runs an etcd that speaks in clear, from before its lines were encrypted']);
  });

  test('another image: with the way out, and what that makes', async () => {
    asUser(0);
    const reported = await planned(await runningCity('0123456789ab'));
    expect(refusals(reported)).toEqual(['the running city was made from another image']);
    expect(reported.refusals).toContainEqual(expect.objectContaining({ hint: expect.stringContaining('`citydc down`, then `citydc up`') }));
    expect(reported.steps).toMatchObject([{ do: 'create-hosts' }]);
  });
});

test('hosts of which the same becomes share a row, and what restarts is named', () => {
  const { hosts, wires } = layoutOf(canTho);
  const bundles = {
    announcer: '',
    'canary-server': '',
    'canary-client': '',
    ward: '',
    'ward-equipment': '',
    reflector: '',
    notices: '',
    sentinel: '',
  };
  const applied: AppliedState = { hosts, unfinished: [], wires, stopped: [], bundles };
  const edited = hosts.map(host => ({
    ...host,
    files: host.files.map(file => (file.path === '/etc/citydc/ward.json' ? { ...file, content: 'another' } : file)),
  }));
  const steps = planOf(changesBetween(applied, { hosts: edited, wires, bundles: { ...bundles, notices: 'another' } }));
  const text = describePlan('can-tho-2022', { runs: true, refusals: [], preparations: [], steps, notes: [] });
  expect(text.split('\n').filter(line => /change hosts|restart agents/.test(line))).toEqual([
    expect.stringMatching(/^1 +change hosts +138: e77, e78, e79 and 135 more +\/etc\/citydc\/ward\.json +ward: reload$/),
    expect.stringMatching(/^2 +restart agents +s1-monitor1, s2-monitor1 +notices has changed +notices: restart$/),
  ]);
});
