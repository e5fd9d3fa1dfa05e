/**
 * The Fabric over Docker hosts, as the docker client sees it: what it is asked, and what its words become.
 *
 * Over 300 lines: its parts share one fake docker and what it answers.
 */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LinkNumber } from '../../../infra/city/identity.js';
import type { City } from '../../../infra/city/model.js';
import { WorldError } from '../../../infra/city/problem.js';
import type { DockerHost } from '../../../infra/city/targets/docker/docker-host.js';
import { writeDeployed } from '../../../infra/docker/deployed.js';
import { assertFaults, type Docked, dockerFabric } from '../../../infra/docker/fabric.js';
import { keepDocker } from '../../../infra/docker/keeper/keep.js';
import { TUNNELS } from '../../../infra/docker/seats.js';
import { dockerState } from '../../../infra/docker/state-folder.js';
import type { ActiveFault, Fabric, Fault } from '../../../infra/fabric/fabric.js';
import { locksOf } from '../../../infra/fabric/locks/locks.js';
import { topologyOf } from '../../../infra/site/topology.js';
import { smallCity } from '../../site/cities.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { type FakeDocker, fakeDocker } from './fake-docker.js';

const [home] = smallCity.dockerHosts as readonly [DockerHost];
/** The primary's building has its own Docker host. */
const twoHosts: City = {
  ...smallCity,
  dockerHosts: [
    { ...home, key: 'one', connect: 'tcp://one:2376', sites: home.sites.filter(site => site === 1) },
    { ...home, key: 'two', connect: 'ssh://two', underlay: '172.31.0.0/16', sites: home.sites.filter(site => site !== 1) },
  ],
};

let docker: FakeDocker;
let docked: Docked;
let fabric: Fabric;
const open = (city: City) => {
  docker = fakeDocker();
  const state = dockerState(temporaryFolder());
  docked = { state, topology: topologyOf(city, TUNNELS), client: docker.program, keeper: 'none' };
  fabric = dockerFabric(docked);
};
beforeEach(() => open(smallCity));

const said = () => docker.calls().map(({ words }) => words);
const links = (...numbers: readonly number[]) => numbers as unknown as readonly LinkNumber[];
const OFF = 'Error response from daemon: Container 4f0c is not running\n';
const MISSING = 'Error response from daemon: No such container: toy-e77\n';
const listed = (states: Readonly<Record<string, string>>): string =>
  docked.topology.machines.map(({ name }) => `toy-${name}\t${states[name] ?? 'running'}\tUp 2 minutes (healthy)\n`).join('');
const failure = (work: Promise<unknown>): Promise<{ message: string; cause: string; hint: string }> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    error => {
      if (!(error instanceof WorldError)) throw error;
      return { message: error.message, cause: String(error.cause), hint: error.hint ?? '' };
    },
  );

describe('a command in a host', () => {
  test('is run in its container, by the Docker host that its site is on', async () => {
    open(twoHosts);
    docker.answer({ when: 'exec', stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
    expect(await fabric.exec('s1-edge1', ['ls', '-l', 'a b'])).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    await fabric.exec('s2-edge1', ['true']);
    expect(docker.calls()).toMatchObject([
      { connect: 'tcp://one:2376', words: ['exec', 'toy-s1-edge1', 'ls', '-l', 'a b'] },
      { connect: 'ssh://two', words: ['exec', 'toy-s2-edge1', 'true'] },
    ]);
  });

  test('has an input only when it is given one', async () => {
    await fabric.exec('e77', ['cat'], { input: 'text' });
    expect(docker.calls()).toMatchObject([{ words: ['exec', '--interactive', 'toy-e77', 'cat'], input: 'text' }]);
  });

  test('that continues ends when its input does', async () => {
    docker.answer({ when: 'exec', stdout: 'one\ntwo\n', stderr: 'last words', exitCode: 4 });
    const command = fabric.start('e77', ['cat']);
    const lines: string[] = [];
    const read = (async () => {
      for await (const line of command.lines) lines.push(line);
    })();
    expect(await command.end()).toMatchObject({ exitCode: 4, stderr: 'last words' });
    await read;
    expect(lines).toEqual(['one', 'two']);
  });

  test.each([
    ['is off', 1, '', OFF, 'host e77 is off', 'fault heal'],
    ['is off, in the words of newer daemons', 1, '', OFF.replace('C', 'c'), 'host e77 is off', 'fault heal'],
    [
      'is about to be off',
      126,
      'OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown\r\n',
      '',
      'host e77 is off',
      'fault heal',
    ],
    [
      'restarts',
      1,
      '',
      'Error response from daemon: Container 4f0c is restarting, wait until the container is running\n',
      'host e77 is off',
      'fault heal',
    ],
    [
      'is paused',
      1,
      '',
      'Error response from daemon: Container toy-e77 is paused, unpause the container before exec\n',
      'host e77 is off',
      'fault heal',
    ],
    ['has no container', 1, '', MISSING, 'host e77 has no container', '--fabric docker up'],
    [
      'has none, in the words of older clients',
      1,
      '',
      'Error: No such container: toy-e77\n',
      'host e77 has no container',
      '--fabric docker up',
    ],
    [
      'lacks the command',
      126,
      'OCI runtime exec failed: exec failed: exec: "frob": executable file not found in $PATH: unknown\r\n',
      '',
      "'frob x' could not be run on e77",
      '',
    ],
    ['is refused by its daemon', 1, '', 'Error response from daemon: disk is full\n', "'frob x' could not be run on e77", ''],
  ])('in a host that %s is none', async (_, exitCode, stdout, stderr, message, hint) => {
    docker.answer({ when: 'exec', exitCode, stdout, stderr });
    expect(await failure(fabric.exec('e77', ['frob', 'x']))).toMatchObject({ message, hint: expect.stringContaining(hint) });
  });

  test("may fail like docker does: that is its own failure, and its caller's to judge", async () => {
    docker.answer({ when: 'exec', exitCode: 1, stderr: 'Error: something is not running\n' });
    expect((await fabric.exec('e77', ['frob'])).exitCode).toBe(1);
    docker.answer({ when: 'exec', exitCode: 127, stderr: 'sh: frob: not found\n' });
    expect((await fabric.exec('e77', ['sh', '-c', 'frob'])).exitCode).toBe(127);
  });

  test('in a host that the city does not have is none', async () => {
    expect((await failure((async () => fabric.exec('e999', ['true']))())).message).toBe("there is no host 'e999' in the running city");
    expect(docker.calls()).toEqual([]);
  });
});

describe('a Docker host that cannot be spoken to is reported with the next step', () => {
  test.each([
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'does not answer',
      'systemctl start docker',
    ],
    ['failed to connect to the docker API at unix:///var/run/docker.sock: no such file', 'does not answer', '`connect` in the inventory'],
    [
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial',
      'does not let this user in',
      'owns /var/run/docker.sock',
    ],
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get',
      'does not let this user in',
      'as root',
    ],
    [
      'Error response from daemon: client version 1.24 is too old. Minimum supported API version is 1.44',
      'speak no common API',
      'DOCKER_API_VERSION',
    ],
    [
      'Failed to initialize: unable to resolve docker endpoint: open /nowhere/ca.pem: no such file or directory',
      'over TLS',
      'DOCKER_CERT_PATH',
    ],
    [
      'error during connect: Get "https://one:2376/v1.41/containers/json": x509: certificate signed by unknown authority',
      'over TLS',
      'withoutTls',
    ],
    [
      'error during connect: Get "https://one:2376/v1.41/containers/json": tls: first record does not look like a TLS handshake',
      'over TLS',
      'withoutTls',
    ],
  ])('%s', async (stderr, message, hint) => {
    docker.answer({ when: '', exitCode: 1, stderr });
    for (const ask of [() => fabric.exec('e77', ['true']), () => fabric.hosts()])
      expect(await failure(ask())).toMatchObject({
        message: expect.stringMatching(new RegExp(`^Docker host 'staging' \\(unix:///.*\\) .*${message}$`)),
        cause: stderr,
        hint: expect.stringContaining(hint),
      });
  });

  test.each([
    ['s1-edge1', 'firewalls'],
    ['s2-edge1', '`ssh`'],
  ])('%s, by the way it is reached', async (host, hint) => {
    open(twoHosts);
    docker.answer({ when: '', exitCode: 1, stderr: 'error during connect: Get "http://x/": no such host' });
    expect((await failure(fabric.exec(host, ['true']))).hint).toContain(hint);
  });

  test('a client that is not there', async () => {
    const nowhere = dockerFabric({ ...docked, client: '/nowhere/docker' });
    const { message, hint } = await failure(nowhere.hosts());
    expect(message).toBe("the docker client '/nowhere/docker' cannot be run");
    expect(hint).toContain('CITYDC_DOCKER');
  });

  test('one that does not come to an end', async () => {
    writeFileSync(docker.program, '#!/bin/sh\nexec sleep 60\n');
    expect((await failure(fabric.exec('e77', ['true'], { timeoutMs: 100 }))).message).toContain('did not end in order');
  });

  test('over TCP it is TLS, whatever the environment says, unless the inventory gives a reason; a local socket has no certificates', async () => {
    open(twoHosts);
    vi.stubEnv('DOCKER_TLS_VERIFY', '');
    vi.stubEnv('DOCKER_TLS', '1');
    await fabric.exec('s1-edge1', ['true']);
    await fabric.exec('s2-edge1', ['true']);
    const verified = docker.calls().map(({ environment }) => environment.DOCKER_TLS_VERIFY);
    open({ ...twoHosts, dockerHosts: twoHosts.dockerHosts.map(host => ({ ...host, withoutTls: 'a cable between two machines' })) });
    await fabric.exec('s1-edge1', ['true']);
    vi.unstubAllEnvs();
    expect(docker.calls()[0]?.environment).not.toHaveProperty('DOCKER_TLS');
    verified.push(docker.calls()[0]?.environment.DOCKER_TLS_VERIFY);
    expect(verified).toEqual(['1', undefined, undefined]);
  });
});

test('who is on is one question to each Docker host', async () => {
  open(twoHosts);
  docker.answer({ when: 'ps', stdout: listed({ e77: 'exited', n67: 'restarting', 's3-etcd1': 'paused' }).replace(/^toy-e160\t.*\n/m, '') });
  const off = (await fabric.hosts()).filter(({ power }) => power === 'off').map(({ name }) => name);
  expect(off.toSorted()).toEqual(['e160', 'e77', 'n67', 's3-etcd1']);
  expect(
    docker
      .calls()
      .map(({ connect }) => connect)
      .toSorted(),
  ).toEqual(['ssh://two', 'tcp://one:2376']);
  expect(said()[0]).toEqual(['ps', '--all', '--no-trunc', '--filter', 'name=^toy-', '--format', '{{.Names}}\t{{.State}}\t{{.Status}}']);
});

describe('a file', () => {
  test('of a host that is on is read by it', async () => {
    docker.answer({ when: 'cat', stdout: 'content\n' });
    expect((await fabric.readFile('e77', '/a/b')).toString()).toBe('content\n');
    expect(said()).toEqual([['exec', 'toy-e77', 'cat', '/a/b']]);
  });

  test('that is not there', async () => {
    docker.answer({ when: 'cat', exitCode: 1, stderr: 'cat: /a/b: No such file or directory\n' });
    expect(await failure(fabric.readFile('e77', '/a/b'))).toMatchObject({
      message: 'cannot read /a/b on e77',
      cause: 'cat: /a/b: No such file or directory',
    });
    docker.answer(
      { when: 'cat', exitCode: 1, stderr: OFF },
      { when: 'cp', exitCode: 1, stderr: 'Error: No such container:path: toy-e77:/a/b\n' },
    );
    expect(await failure(fabric.readFile('e77', '/a/b'))).toMatchObject({
      message: 'cannot read /a/b on e77',
      cause: expect.stringContaining('container:path'),
    });
  });
});

test('a signal is sent by the supervisor', async () => {
  await fabric.signal('s1-database1', 'patroni', 'STOP');
  expect(said()).toEqual([['exec', 'toy-s1-database1', 'sv', 'pause', 'patroni']]);
});

describe('a fault', () => {
  const POWER_OFF: Fault = { do: 'power-off', hosts: ['s1-edge1', 's1-router1'] };
  /** A keeper that is there: this process. */
  const kept = async <T>(work: () => Promise<T>): Promise<T> => {
    const keeper = await locksOf(docked.state.locks).becomeKeeper();
    try {
      return await work();
    } finally {
      keeper.close();
    }
  };
  const inject = (fault: Fault, more: { healAfterSeconds?: number } = {}) => kept(() => fabric.inject(fault, { by: 'operator', ...more }));

  test('that no process would keep is not done', async () => {
    const { message } = await failure(fabric.inject({ do: 'cut', links: links(12) }, { by: 'operator', healAfterSeconds: 5 }));
    expect(message).toContain('the keeper does not start');
    expect([docker.calls(), await fabric.faults()]).toEqual([[], []]);
  });

  test('a cut line is silent at both ends, each set in one go', async () => {
    const active = await inject({ do: 'cut', links: links(12) });
    expect(active).toMatchObject({ id: 'f1', by: 'operator', means: 'nftables ingress drop at both ends' });
    expect(
      said()
        .map(([verb, container]) => `${verb} ${container}`)
        .toSorted(),
    ).toEqual(['exec toy-n67', 'exec toy-s1-router1']);
    expect(said()[0]?.slice(2, 4)).toEqual(['sh', '-c']);
    expect(said()[0]?.[4]).toContain('type filter hook ingress device "l12" priority -500; policy drop;');
    await fabric.heal();
    expect(said()[2]?.[4]).not.toContain('await');
    expect(said()[2]?.[4]).toContain("nft -f - << 'END'\ntable netdev citydc_l12\ndelete table netdev citydc_l12\nEND");
    expect(await fabric.faults()).toEqual([]);
  });

  test('an end in a host that is off waits for the host', async () => {
    docker.answer({ when: 'toy-n67', exitCode: 1, stderr: OFF });
    await inject({ do: 'cut', links: links(12) });
    expect(await fabric.faults()).toHaveLength(1);
  });

  test('what cannot be set is undone again, and reported', async () => {
    docker.answer({ when: 'policy drop', exitCode: 1, stderr: 'Error: Could not process rule' });
    expect(await failure(inject({ do: 'cut', links: links(12) }))).toMatchObject({
      message: expect.stringContaining('could not be set on'),
      cause: 'Error: Could not process rule',
    });
    expect(await fabric.faults()).toEqual([]);
  });

  test('what the kernel cannot do is refused by name, before it is written down', async () => {
    docker.answer({ when: 'netem', exitCode: 2 });
    const { message } = await failure(inject({ do: 'impair', links: links(12), impairment: { delayMs: 20 } }));
    expect(message).toContain('netem');
    expect(readdirSync(temporaryFolder())).toEqual([]);
    expect(await fabric.faults()).toEqual([]);
  });

  test('power goes in silence, of all hosts before any is killed, and by one word to each Docker host', async () => {
    docker.answer({ when: 'ps', stdout: listed({}) });
    await inject(POWER_OFF);
    expect(said().map(([verb]) => verb)).toEqual(['ps', 'exec', 'exec', 'kill']);
    expect(said()[1]?.slice(1, 2)).toEqual(['toy-s1-router1']);
    expect(said()[1]?.[4]).toContain('oifname "eth0" drop');
    expect(said()[3]).toEqual(['kill', '--signal', 'KILL', 'toy-s1-edge1', 'toy-s1-router1']);
  });

  test('a host that ended by itself meanwhile is off, too; one that continues is a failure', async () => {
    const killed = { when: 'kill', exitCode: 1, stderr: 'Error response from daemon: Cannot kill container\n' };
    docker.answer({ when: 'ps', stdout: listed({}) }, killed);
    expect((await failure(inject(POWER_OFF))).message).toBe('not switched off: s1-edge1, s1-router1');
    expect(await fabric.faults()).toEqual([]);
  });

  test('power comes back with the faults that stay', async () => {
    docker.answer({ when: 'ps', stdout: listed({ n67: 'exited' }) });
    await inject({ do: 'power-off', hosts: ['n67'] });
    await inject({ do: 'cut', links: links(12) });
    const before = docker.calls().length;
    expect((await fabric.heal(['f1'])).map(({ id }) => id)).toEqual(['f1']);
    expect(
      said()
        .slice(before)
        .map(words => words.slice(0, 3).join(' ')),
    ).toEqual(['ps --all --no-trunc', 'start toy-n67', 'exec toy-n67 sh']);
    expect(said().at(-1)?.[4]).toContain('await l12');
  });

  test('of a host that runs all the while is healed without a start', async () => {
    docker.answer({ when: 'ps', stdout: listed({ 's1-router1': 'exited' }) });
    mkdirSync(docked.state.faults, { recursive: true });
    writeFileSync(join(docked.state.faults, 'f1.json'), `${JSON.stringify({ schema: 1, id: 'f1', fault: POWER_OFF })}\n`);
    await fabric.heal();
    expect(said().filter(([verb]) => verb === 'start')).toEqual([['start', 'toy-s1-router1']]);
    expect(said().find(([verb]) => verb === 'exec')?.[4]).toContain('delete table inet citydc_off');
  });

  test('is set again in hosts that have lost it', async () => {
    docker.answer({ when: 'ps', stdout: listed({}) });
    await inject({ do: 'cut', links: links(12) });
    await inject({ do: 'power-off', hosts: ['e77'] });
    const before = docker.calls().length;
    await assertFaults(docked, new Set(['n67', 'e77']));
    expect(
      said()
        .slice(before)
        .map(words => words.slice(0, 2).join(' ')),
    ).toEqual(['ps --all', 'exec toy-e77', 'kill --signal', 'exec toy-n67']);
  });
});

describe('the keeper', () => {
  const DEPLOYED = { city: smallCity, chosen: {}, applied: true };
  const PACE = { tickMs: 20, watchMs: 20, sweepMs: 60_000, idleMs: 200 } as const;
  const record = (id: string, more: Partial<ActiveFault>) => {
    mkdirSync(docked.state.faults, { recursive: true });
    const fault: ActiveFault = {
      ...{ schema: 1, id, fault: { do: 'cut', links: links(12) }, injectedAt: '', healBy: undefined, by: 'operator', means: '' },
      ...more,
    };
    writeFileSync(join(docked.state.faults, `${id}.json`), `${JSON.stringify(fault)}\n`);
  };
  const keeping = (log: (text: string) => void, ending = new AbortController().signal) =>
    keepDocker({ state: docked.state, client: docker.program, ending, log, pace: PACE });

  test('undoes a fault in time, and ends when none is left', async () => {
    await writeDeployed(docked.state, DEPLOYED);
    record('f1', { healBy: '2026-01-01T00:00:00.000Z' });
    const log: string[] = [];
    await keeping(text => log.push(text));
    expect(log).toEqual(['undone in time: f1 of operator']);
    expect(await fabric.faults()).toEqual([]);
    expect(await locksOf(docked.state.locks).askKeeper()).toBeUndefined();
  });

  test('sets a cut again where a container was started anew, and only there', async () => {
    await writeDeployed(docked.state, DEPLOYED);
    record('f1', {});
    const started = (time: string) => ({ when: 'inspect', stdout: `/toy-n67\ttrue ${time}\n/toy-s1-router1\ttrue 1\n` });
    docker.answer(started('1'));
    const ending = new AbortController();
    const kept = keeping(() => undefined, ending.signal);
    const execs = () =>
      said()
        .filter(([verb]) => verb === 'exec')
        .map(([, container]) => container);
    await expect.poll(execs, { timeout: 20_000 }).toHaveLength(2);
    docker.answer(started('2'));
    await expect.poll(execs, { timeout: 20_000 }).toHaveLength(3);
    expect(execs().at(-1)).toBe('toy-n67');
    ending.abort();
    await kept;
  });

  test('says once what it cannot do, and keeps trying', async () => {
    await writeDeployed(docked.state, DEPLOYED);
    record('f1', { healBy: '2026-01-01T00:00:00.000Z' });
    docker.answer({ when: '', exitCode: 1, stderr: 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' });
    const log: string[] = [];
    const ending = new AbortController();
    const kept = keeping(text => log.push(text), ending.signal);
    await expect.poll(() => docker.calls().length, { timeout: 20_000 }).toBeGreaterThan(6);
    expect(log).toEqual([expect.stringContaining("faults could not be held or healed, trying again: Docker host 'staging'")]);
    docker.answer();
    await expect.poll(() => fabric.faults(), { timeout: 20_000 }).toEqual([]);
    ending.abort();
    await kept;
  });
});
