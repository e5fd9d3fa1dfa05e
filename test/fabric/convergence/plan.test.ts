import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { City } from '../../../infra/city/model.js';
import {
  type AppliedState,
  changesBetween,
  isNothing,
  type LayoutChanges,
  type WantedState,
} from '../../../infra/fabric/convergence/changes.js';
import { disturbedBy, planOf, type Step } from '../../../infra/fabric/convergence/plan.js';
import { BUNDLES, type Host, type HostFile, type SecretName, type Wire } from '../../../infra/site/host.js';
import { canTho, layoutOf, smallCity } from '../../site/cities.js';

const bundles = Object.fromEntries(BUNDLES.map(name => [name, `of ${name}`])) as AppliedState['bundles'];
const NOTHING: AppliedState = { hosts: [], unfinished: [], wires: [], stopped: [], bundles };
const wantedOf = (city: City): WantedState => ({ ...layoutOf(city), bundles });
const runs = ({ hosts, wires }: WantedState): AppliedState => ({ ...NOTHING, hosts, wires });
const small = wantedOf(smallCity);

/** The small city with one of its hosts another. */
const with_ = (name: string, change: (host: Host) => Partial<Host>): WantedState => ({
  ...small,
  hosts: small.hosts.map(host => (host.name === name ? { ...host, ...change(host) } : host)),
});
const file = (path: string, onChange: HostFile['onChange'], program = 'frr', content = ''): HostFile => ({
  path,
  content,
  program,
  onChange,
});
const withFiles =
  (...files: readonly HostFile[]) =>
  (host: Host) => ({ files: [...host.files, ...files] });

const planned = (applied: AppliedState, wanted: WantedState): readonly Step[] => planOf(changesBetween(applied, wanted));
const kinds = (steps: readonly Step[]) => steps.map(step => step.do);

test('where nothing stands, one step makes every host and every wire', () => {
  const steps = planned(NOTHING, small);
  expect(steps).toEqual([{ do: 'create-hosts', hosts: small.hosts.map(({ name }) => name), wires: small.wires }]);
});

test('of what is as wanted nothing is planned', () => {
  expect(isNothing(changesBetween(runs(small), small))).toBe(true);
  expect(planned(runs(small), small)).toEqual([]);
});

test('an office more is made, its neighbours are notified, and nothing restarts', () => {
  const [office, line] = [canTho.endpoints.find(({ number }) => number === 131), canTho.links.find(({ number }) => number === 131)];
  if (office === undefined || line === undefined) throw new Error('there is no office 131');
  const number = 240 as typeof office.number;
  const larger: City = {
    ...canTho,
    endpoints: [...canTho.endpoints, { ...office, number }],
    links: [...canTho.links, { ...line, number: 240 as typeof line.number, ends: [number, line.ends[1]] }],
  };
  const steps = planned(runs(wantedOf(canTho)), wantedOf(larger));
  expect(
    steps.map(step => ('hosts' in step ? [step.do, step.hosts.map(host => (typeof host === 'string' ? host : host.host))] : step)),
  ).toEqual([
    ['create-hosts', ['e240']],
    ['change-hosts', ['n73']],
    ['change-hosts', ['s1-router1', 's1-monitor1']],
    ['change-hosts', ['s2-router1', 's2-monitor1']],
  ]);
  expect(steps[0]).toMatchObject({ wires: [{ name: 'l240' }] });
  expect(steps[1]).toMatchObject({ hosts: [{ newWires: true, effect: 'reload' }] });
  expect(steps.flatMap(disturbedBy)).toEqual([]);
});

describe('what a change asks of its host', () => {
  const changed = (change: (host: Host) => Partial<Host>, name = 'n67') => changesBetween(runs(small), with_(name, change)).changedHosts;

  test('of each program the most that one of its files asks', () => {
    const [change] = changed(withFiles(file('/a', 'reload'), file('/b', 'restart'), file('/c', 'reload', 'network')));
    expect(change).toMatchObject({
      effect: 'restart',
      programs: [
        { program: 'frr', how: 'restart' },
        { program: 'network', how: 'reload' },
      ],
    });
    expect(change?.files.map(({ path, what }) => `${what} ${path}`)).toEqual(['new /a', 'new /b', 'new /c']);
  });

  test('one that needs a boot boots it, and no program is notified besides', () =>
    expect(changed(withFiles(file('/a', 'boot'), file('/b', 'restart')))).toMatchObject([{ effect: 'boot', programs: [] }]));

  test.each([
    [{ sysctls: { 'net.ipv4.ip_forward': '0' } }, 'sysctls'],
    [{ capabilities: ['CAP_SYS_NICE'] }, 'capabilities'],
  ])('what a container takes only when it starts boots it: %j', (settings, name) =>
    expect(changed(() => settings)).toMatchObject([{ effect: 'boot', settings: [name], files: [] }]),
  );

  test('another value of a secret asks of its program what it says; a password has none of before', () => {
    const secret = (name: SecretName, digest?: string) => ({
      name,
      owner: 'root',
      program: 'frr',
      onChange: 'reload' as const,
      ...(digest && { digest }),
    });
    const before = {
      ...small,
      hosts: small.hosts.map(host => ({ ...host, secrets: [secret('certificate:ward/x'), secret('password:x')] })),
    };
    const after = before.hosts.map(host => ({ ...host, secrets: [secret('certificate:ward/x', 'new'), secret('password:x', 'new')] }));
    const [change] = changesBetween(runs(before), { ...before, hosts: after }).changedHosts;
    expect(change).toMatchObject({
      effect: 'reload',
      programs: [{ program: 'frr', how: 'reload' }],
      files: [{ what: 'changed', path: '/etc/citydc/secrets/certificate-ward-x' }],
      settings: [],
    });
  });

  test('a file that is gone needs what it needed', () => {
    const gone = changed(({ files }) => ({ files: files.filter(({ path }) => path !== '/etc/citydc/network') }));
    expect(gone).toMatchObject([{ files: [{ what: 'gone', path: '/etc/citydc/network', program: 'network' }], effect: 'reload' }]);
  });

  test('another folder restarts nothing', () =>
    expect(changed(() => ({ folders: [{ path: '/x', owner: 'root', mode: 0o755 }] }))).toMatchObject([
      { effect: 'none', programs: [], settings: ['folders'] },
    ]));
});

describe('one site at a time', () => {
  const restarting: WantedState = { ...small, hosts: small.hosts.map(host => ({ ...host, ...withFiles(file('/a', 'restart'))(host) })) };

  test('between two whose hosts restart the city is healthy again, and what is between sites comes first', () => {
    const steps = planned(runs(small), restarting);
    expect(kinds(steps)).toEqual(Array(4).fill(['change-hosts', 'await-steady']).flat());
    expect(steps.flatMap(step => (step.do === 'change-hosts' ? [step.site] : []))).toEqual([undefined, 's1', 's2', 's3']);
    for (const [index, step] of steps.entries())
      if (step.do === 'await-steady') expect(steps[index - 1]).toMatchObject({ hosts: step.after.map(host => ({ host })) });
  });

  test('what is only read again is not waited for', () => {
    const reloading = { ...small, hosts: small.hosts.map(host => ({ ...host, ...withFiles(file('/a', 'reload'))(host) })) };
    expect(kinds(planned(runs(small), reloading))).toEqual(Array(4).fill('change-hosts'));
  });
});

test('another bundle restarts the processes that run it, last of all', () => {
  const steps = planned(runs(small), { ...small, bundles: { ...bundles, ward: 'another' } });
  expect(kinds(steps)).toEqual(['restart-agents']);
  const offices = small.hosts.filter(({ role }) => role === 'office').map(({ name }) => name);
  expect(steps).toMatchObject([{ agents: offices.map(host => ({ host, bundle: 'ward' })) }]);
  expect(planned(runs(small), { ...small, bundles }).length).toBe(0);
});

test('a host that is off is started again, unless it goes', () => {
  expect(planned({ ...runs(small), stopped: ['e77'] }, small)).toEqual([{ do: 'power-on', hosts: ['e77'] }]);
  const without = { ...small, hosts: small.hosts.filter(({ name }) => name !== 'e77') };
  expect(kinds(planned({ ...runs(small), stopped: ['e77'] }, without))).not.toContain('power-on');
});

test('what a killed run began is taken away, its wires first, and made anew', () => {
  const applied: AppliedState = { ...runs(small), hosts: small.hosts.filter(({ name }) => name !== 'e77'), unfinished: ['e77', 'e999'] };
  const own = small.wires.filter(({ ends }) => ends.some(({ host }) => host === 'e77'));
  const wires = small.wires.filter(wire => !own.includes(wire));
  expect(planned({ ...applied, wires }, small)).toEqual([
    { do: 'remove-wires', wires: own },
    { do: 'remove-hosts', hosts: ['e999', 'e77'] },
    { do: 'create-hosts', hosts: ['e77'], wires: own },
    { do: 'apply-network', hosts: ['n67', 'x65'] },
  ]);
});

test('a wire that leads elsewhere is laid anew, and running ends bring it up', () => {
  const moved = small.wires.map(wire =>
    wire.name === 'l77' ? { ...wire, ends: [wire.ends[0], { ...wire.ends[1], host: 's1-router1' }] as Wire['ends'] } : wire,
  );
  const steps = planned(runs(small), { ...small, wires: moved });
  expect(kinds(steps)).toEqual(['remove-wires', 'lay-wires', 'apply-network']);
  expect(steps[2]).toMatchObject({ hosts: ['e77', 's1-router1'] });
  expect(steps.map(disturbedBy)).toEqual([['e77', 'n67'], [], []]);
});

/** What a plan makes of hosts and wires: the executor with names for containers and devices. */
function carriedOut(applied: AppliedState, wanted: WantedState, steps: readonly Step[]) {
  const hosts = new Map<string, Host | 'half made'>([
    ...applied.hosts.map(host => [host.name, host] as const),
    ...applied.unfinished.map(name => [name, 'half made'] as const),
  ]);
  const wires = new Map(applied.wires.map(wire => [wire.name, wire]));
  const wantedHost = (name: string) => wanted.hosts.find(host => host.name === name) ?? fail(name);
  const lay = (laid: readonly Wire[]) => {
    for (const wire of laid) {
      if (wires.has(wire.name)) throw new Error(`${wire.name} is laid twice`);
      for (const { host } of wire.ends) if (!hosts.has(host)) throw new Error(`${wire.name} is laid to ${host}, which is not there`);
      wires.set(wire.name, wire);
    }
  };
  for (const step of steps) {
    if (step.do === 'remove-wires') for (const { name } of step.wires) wires.delete(name);
    if (step.do === 'remove-hosts') for (const name of step.hosts) hosts.delete(name);
    if (step.do === 'create-hosts') for (const name of step.hosts) if (hosts.has(name)) throw new Error(`${name} is made twice`);
    if (step.do === 'create-hosts') for (const name of step.hosts) hosts.set(name, wantedHost(name));
    if (step.do === 'create-hosts' || step.do === 'lay-wires') lay(step.wires);
    if (step.do === 'change-hosts') for (const { host } of step.hosts) hosts.set(host, wantedHost(host));
  }
  return { hosts, wires };
}
const fail = (name: string): never => {
  throw new Error(`${name} is not wanted`);
};

test('law: whatever part of the city runs, the plan leads to what is wanted, and then there is nothing left to do', () => {
  const parts = fc.record({
    running: fc.subarray([...small.hosts]),
    wanted: fc.subarray([...small.hosts]),
    began: fc.subarray([...small.hosts]),
  });
  const wiresOf = (hosts: readonly Host[]) =>
    small.wires.filter(({ ends }) => ends.every(end => hosts.some(({ name }) => name === end.host)));
  fc.assert(
    fc.property(parts, fc.boolean(), ({ running, wanted: some, began }, edited) => {
      const applied: AppliedState = {
        ...NOTHING,
        hosts: running,
        unfinished: began.filter(host => !running.includes(host)).map(({ name }) => name),
        wires: wiresOf(running),
      };
      const hosts = some.map(host => (edited ? { ...host, ...withFiles(file('/a', 'reload'))(host) } : host));
      const wanted: WantedState = { hosts, wires: wiresOf(some), bundles };
      const changes: LayoutChanges = changesBetween(applied, wanted);
      const end = carriedOut(applied, wanted, planOf(changes));
      expect(end.hosts).toEqual(new Map(hosts.map(host => [host.name, host])));
      expect(end.wires).toEqual(new Map(wanted.wires.map(wire => [wire.name, wire])));
      expect(planned(runs(wanted), wanted)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
