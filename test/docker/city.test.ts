/** A city of two districts on a Docker host of the tests' own: applied, changed, broken, repaired, taken away. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DockerUpOutcome } from '../../infra/docker/deploy/up.js';
import { readDeployed } from '../../infra/docker/deployed.js';
import { dockerFabric } from '../../infra/docker/fabric.js';
import { TUNNELS } from '../../infra/docker/seats.js';
import { dockerState } from '../../infra/docker/state-folder.js';
import { topologyOf } from '../../infra/site/topology.js';
import { addOffice, NEW_OFFICE } from '../added-office.js';
import { demandPassed } from '../lab/passed.js';
import { NIGHTLY } from '../nightly.js';
import { temporaryFolder } from '../temporary-folder.js';
import { cityOnDocker, withoutLab } from './city-on-docker.js';
import type { Engine } from './engine.js';
import { dockerInventory } from './inventory.js';
import { noDocker } from './no-docker.js';
import { TRIALS } from './trials.js';
import { type Container, interruptedUp, pingFrom, startTimes, watchQuorum } from './watching.js';

const SUITE = 'a city on Docker';
const UNDERLAY = '172.30.0.0/16';
/** A leader that is replaced leaves the other two to choose; without two of three none would answer for as long as a host takes to start. */
const AN_ELECTION_MS = 10_000;
/** Progress: more than ten are made. */
const MAKING = /^containers, volumes, networks \d{2}/m;
const NO_CHANGES = { create: [], update: [], replace: [], destroy: [] };
/** What is mostly about terraform's own ways, and the drill, which the lab has, too: where something stands for it, at night only. */
const withTerraform: (name: string, run: () => Promise<void>) => void =
  inject('dockerTools').standsIn === '' || NIGHTLY ? test : () => undefined;

describe.skipIf(noDocker(SUITE)).sequential(SUITE, () => {
  const folder = temporaryFolder();
  const tools = inject('dockerTools');
  const city = cityOnDocker('one', tools);
  let engine: Engine;
  let inventory: string;
  const up = (where = inventory, ...words: readonly string[]) =>
    city.json<DockerUpOutcome>('up', where, '--districts', 'n67,n73', ...words);

  beforeAll(async () => {
    await withoutLab();
    engine = await city.engine('host');
    inventory = dockerInventory(join(folder, 'inventory'), [
      { key: 'staging', connect: engine.connect, underlay: UNDERLAY, sites: [1, 2, 3] },
    ]);
  });
  afterAll(() => city.end());

  withTerraform('a first `up` may be killed with all that it has started, while containers are created', async () => {
    const { code } = await interruptedUp(city, [inventory, '--districts', 'n67,n73'], MAKING, 'SIGKILL');
    expect(code).toBe(null);
    expect(await engine.docker('ps', '-aq')).not.toBe('');
  });

  withTerraform('the next, interrupted with Ctrl-C, says how to continue', async () => {
    const interrupted = await interruptedUp(city, [inventory, '--districts', 'n67,n73'], MAKING, 'SIGINT');
    expect(interrupted.code, interrupted.stderr).toBe(3);
    expect(interrupted.stderr).toMatch(/^error: interrupted by SIGINT\n {2}hint: /m);
  });

  test('it comes up from there, to steady state', async () => {
    const { late, hosts } = await up();
    expect(late).toEqual([]);
    expect(hosts).toBe(46);
    expect((await city.run('status')).code).toBe(0);
  });

  test('a second plan is empty, and a second `up` touches nothing', async () => {
    const before = await startTimes(engine);
    expect((await up()).changes).toEqual(NO_CHANGES);
    expect(await startTimes(engine)).toEqual(before);
  });

  test('commands run inside its hosts, and one that is not there is named', async () => {
    const { code, stdout } = await city.run('exec', 'e131', '--', 'ip', '-4', 'route', 'get', '10.101.0.3');
    expect(code).toBe(0);
    expect(stdout).toContain('dev l131');
    expect((await city.run('exec', 'e160', '--', 'sh', '-c', 'exit 7')).code).toBe(7);
    expect((await city.run('exec', 'e88', '--', 'true')).code).toBe(2);
  });

  test.each(Object.entries(TRIALS))('as a Fabric: %s', async (_, trial) => {
    const state = dockerState(city.state);
    const topology = topologyOf((await readDeployed(state)).city, TUNNELS);
    const client = join(tools.debian, 'usr', 'bin', 'docker');
    await trial({ topology, fabric: dockerFabric({ state, topology, client, keeper: resolve('dist', 'docker-keeper.js') }) });
  });

  test('no container is privileged, and none has more than it is said to need', async () => {
    const ids = (await engine.docker('ps', '-aq')).split('\n');
    const found = JSON.parse(await engine.docker('inspect', ...ids)) as Container[];
    expect(found.filter(({ HostConfig }) => HostConfig.Privileged)).toEqual([]);
    expect(found.every(({ HostConfig }) => HostConfig.CapDrop?.includes('ALL'))).toBe(true);
    const office = found.find(({ Name }) => Name === '/can-tho-2022-e131');
    expect(office?.HostConfig.CapAdd).not.toContain('CAP_SYS_ADMIN');
    expect(office?.HostConfig.Memory).toBe(256 * 2 ** 20);
    expect(office?.HostConfig.RestartPolicy.Name).toBe('unless-stopped');
  });

  test('no secret is in what is synthesised, nor in what terraform keeps', () => {
    const texts = readdirSync(join(city.state, 'secrets'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => ({ name, text: readFileSync(join(parentPath, name), 'utf8') }));
    const passwords = texts.filter(({ name }) => name.startsWith('password-')).map(({ text }) => text.trim());
    const keys = texts.flatMap(({ text }) => /PRIVATE KEY-----\n(.+)\n/.exec(text)?.[1] ?? []);
    expect(passwords.length).toBeGreaterThan(3);
    expect(keys.length).toBeGreaterThan(10);
    const secrets = [...passwords, ...keys];
    const stack = join(city.state, 'docker', 'cdktf.out', 'stacks', 'city');
    const written = [
      readFileSync(join(stack, 'cdk.tf.json'), 'utf8'),
      readFileSync(join(city.state, 'docker', 'terraform.tfstate'), 'utf8'),
      ...readdirSync(join(stack, 'ready')).map(name => readFileSync(join(stack, 'ready', name), 'utf8')),
    ];
    expect(secrets.filter(secret => written.some(text => text.includes(secret)))).toEqual([]);
  });

  withTerraform(
    'an office more changes that office, and in place its aggregation node and the monitors; no other host notices',
    async () => {
      const larger = dockerInventory(join(folder, 'larger'), [
        { key: 'staging', connect: engine.connect, underlay: UNDERLAY, sites: [1, 2, 3] },
      ]);
      addOffice(larger);
      const before = await startTimes(engine);
      const neighbour = pingFrom(city, 'e131');
      const { changes, late } = await up(larger);
      expect(late).toEqual([]);
      expect(changes).toEqual({
        create: expect.toSatisfy((created: string[]) => created.every(address => /^docker_(container|volume)\.e240(-|$)/.test(address))),
        update: [],
        replace: expect.toSatisfy(
          (replaced: string[]) =>
            replaced.toSorted().join() === 'docker_container.n73-laid,docker_container.s1-laid,docker_container.s2-laid',
        ),
        destroy: [],
      });
      const after = await startTimes(engine);
      expect([...before].filter(([host, at]) => after.get(host) !== at)).toEqual([]);
      expect(await neighbour.lost()).toBe(0);
      expect((await city.run('exec', NEW_OFFICE, '--', 'ping', '-c', '1', '-W', '2', '10.101.0.3')).code).toBe(0);
    },
  );

  withTerraform('it is retired again', async () => {
    const { changes, late } = await up();
    expect(late).toEqual([]);
    expect(changes.destroy.every(address => address.includes(`.${NEW_OFFICE}`))).toBe(true);
    expect(await engine.docker('ps', '-a', '--format', '{{.Names}}')).not.toContain(NEW_OFFICE);
  });

  withTerraform('a changed secret alone is applied, and again by the next `up` where a host could not', async () => {
    const secret = join(city.state, 'secrets', 'password-canary');
    const [password, apply] = ['changed-by-a-test', '/etc/citydc/apply'];
    const inHost = async (script: string) => (await city.run('exec', 's1-application1', '--', 'sh', '-c', script)).stdout.trim();
    const pid = () => inHost('cat /etc/service/canary/supervise/pid');
    writeFileSync(secret, password);
    const old = await pid();
    const before = await startTimes(engine);
    await inHost(`cp -p ${apply} ${apply}.well; echo 'exit 1' > ${apply}`);
    const failed = await city.run('up', inventory, '--districts', 'n67,n73');
    expect(failed.code, failed.stderr).toBe(3);
    expect(failed.stderr).toContain('not all hosts have applied their new files: can-tho-2022-lay-s1');
    await inHost(`mv ${apply}.well ${apply}`);
    const { changes, late } = await up();
    expect(late).toEqual([]);
    expect([...changes.create, ...changes.replace]).toContain('docker_container.s1-laid');
    expect(await inHost('cat /etc/citydc/secrets/password-canary')).toBe(password);
    expect(await pid()).not.toBe(old);
    expect(await startTimes(engine)).toEqual(before);
    expect((await up()).changes).toEqual(NO_CHANGES);
  });

  withTerraform('another city is refused, and what runs is left alone', async () => {
    const before = await startTimes(engine);
    const { code, stderr } = await city.run('up', 'can-tho-2025');
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: can-tho-2022 runs from this state folder, and can-tho-2025 is another city/);
    expect(await startTimes(engine)).toEqual(before);
  });

  withTerraform(
    'the image changes site by site, and the city keeps its quorum, though it is interrupted when the first site has moved',
    async () => {
      const tag = (await engine.docker('images', '--format', '{{.Tag}}', 'citydc')).split('\n')[0] ?? '';
      // The same files under another identity.
      await engine.shell(`tar -C ${join(city.state, 'images', tag, 'root')} -cf - . | docker import - citydc:other`);
      const before = await startTimes(engine);
      const watched = watchQuorum(city);
      const first = await interruptedUp(city, [inventory, '--districts', 'n67,n73', '--image', 'other'], /steady state: \d/, 'SIGINT');
      expect(first.stderr).toContain('interrupted by SIGINT');
      const changed = await startTimes(engine);
      expect([...before].filter(([host, at]) => changed.get(host) !== at && /^s[13]-/.test(host))).toEqual([]);
      // What was chosen stays chosen.
      const { late } = await up();
      expect(late).toEqual([]);
      expect(await watched.end()).toBeLessThan(AN_ELECTION_MS);
      const after = await startTimes(engine);
      expect([...before].filter(([host, at]) => after.get(host) === at)).toEqual([]);
    },
  );

  withTerraform('the loss of a site passes with the same criteria as in the lab', async () => {
    await demandPassed(() => city.run('drill', 'run', 'site-loss', '--json'));
    expect((await city.run('status')).code).toBe(0);
  });

  test('`down` keeps the data', async () => {
    const { kept } = await city.json<{ kept: string[] }>('down');
    expect(kept).toContain('docker_volume.s1-database1-var-lib-postgresql');
    expect(await engine.docker('ps', '-aq')).toBe('');
  });

  test('`down --data` leaves nothing', async () => {
    expect(await city.json('down', '--data')).toMatchObject({ kept: [] });
    expect(await engine.docker('ps', '-aq')).toBe('');
    expect(await engine.docker('volume', 'ls', '-q')).toBe('');
    expect(await engine.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('can-tho');
    expect((await city.run('status')).code).toBe(3);
  });
});
