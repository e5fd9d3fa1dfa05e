/**
 * What is asked of a Docker host before and after a city is put on it. Over real daemons: `test/docker`.
 *
 * Over 300 lines: its parts share one stand-in for Docker and terraform.
 */

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { City } from '../../../infra/city/model.js';
import type { DockerHost } from '../../../infra/city/targets/docker/docker-host.js';
import { removeFailed, requireLaid } from '../../../infra/docker/deploy/laid.js';
import { requireDocker, requireRoom } from '../../../infra/docker/deploy/requirements.js';
import { requireSameCity } from '../../../infra/docker/deploy/same-city.js';
import { siteSteps } from '../../../infra/docker/deploy/site-steps.js';
import { requireSameBackend } from '../../../infra/docker/deploy/stack.js';
import { removeStrays } from '../../../infra/docker/deploy/strays.js';
import { apply, certificatesIn, containerAddress, findTerraform, init, pluginPath } from '../../../infra/docker/deploy/terraform.js';
import type { Deployed } from '../../../infra/docker/deployed.js';
import { dockerCity, hostGroupsOf } from '../../../infra/docker/ready.js';
import { canTho } from '../../site/cities.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { fakeDocker } from './fake-docker.js';

const HOST = canTho.dockerHosts[0] as DockerHost;
const GIB = 2 ** 20;

/** The first failure of a promise, in words. */
const trouble = (work: Promise<unknown>): Promise<{ message?: string; hint?: string; cause?: unknown }> =>
  work.then(
    () => ({}),
    error => error,
  );

/** A program of that name that says something and ends. */
function program(name: string, script: string): string {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}
const asked = (name: string, script: string) => {
  const folder = program(name, script);
  return { program: join(folder, name), folder };
};

describe('a Docker host', () => {
  test('that is too old is refused', async () => {
    const docker = fakeDocker();
    docker.answer({ when: 'version', stdout: '1.40\n' });
    expect(await trouble(requireDocker(docker.program, HOST, canTho))).toMatchObject({
      message: expect.stringContaining('speaks API 1.40; 1.41 is needed'),
      hint: 'update Docker there to 20.10 or later',
    });
  });

  test('that has the range in use is refused, unless it is the city itself', async () => {
    const docker = fakeDocker();
    const network = (name: string) =>
      docker.answer(
        { when: 'version', stdout: '1.52\n' },
        { when: 'network ls', stdout: 'abc\n' },
        { when: 'network inspect', stdout: `${name} ${HOST.underlay.replace('.0.0/16', '.4.0/24')}` },
      );
    network('stranger');
    expect(await trouble(requireDocker(docker.program, HOST, canTho))).toMatchObject({
      message: expect.stringMatching(/is in use on Docker host 'staging': its network stranger has/),
      hint: expect.stringContaining('another /16'),
    });
    network(`${canTho.id}-underlay`);
    expect(await trouble(requireDocker(docker.program, HOST, canTho))).toEqual({});
  });

  test.each([
    ['without VXLAN', `none\n${8 * GIB}\n`, '', /no VXLAN/, /modprobe vxlan/],
    ['without room', `vxlan\n${GIB}\n`, '', /has 1\.0 GiB free/, /make room there/],
    ['whose own device has the range', `vxlan\n${8 * GIB}\n`, `${HOST.underlay} dev br0 proto kernel\n`, /its device br0/, /another \/16/],
  ])('%s is refused', async (_, inside, routes, message, hint) => {
    const docker = fakeDocker();
    docker.answer({ when: 'ip -4 route', stdout: routes }, { when: 'sh -c', stdout: inside });
    expect(await trouble(requireRoom(docker.program, HOST, canTho, 'citydc:0123'))).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test('with all of it, and a route towards another’s underlay, is taken', async () => {
    const docker = fakeDocker();
    docker.answer(
      { when: 'ip -4 route', stdout: `${HOST.underlay} via 192.0.2.1 dev line\ndefault via 192.0.2.9 dev eth0\n` },
      { when: 'sh -c', stdout: `vxlan\n${8 * GIB}\n` },
    );
    expect(await trouble(requireRoom(docker.program, HOST, canTho, 'citydc:0123'))).toEqual({});
  });

  test('may have the range on the device that the underlay is a macvlan of', async () => {
    const docker = fakeDocker();
    docker.answer(
      { when: 'ip -4 route', stdout: `${HOST.underlay} dev line proto kernel\n` },
      { when: 'sh -c', stdout: `vxlan\n${8 * GIB}\n` },
    );
    const ground = (device: string) => trouble(requireRoom(docker.program, { ...HOST, device }, canTho, 'citydc:0123'));
    expect(await ground('line')).toEqual({});
    expect(await ground('other')).toMatchObject({ message: expect.stringContaining('its device line') });
  });

  test('on which a host did not apply its files is named', async () => {
    const docker = fakeDocker();
    const lines = (status: string) => docker.answer({ when: 'ps', stdout: `x-lay-n67 Exited (0) 3 seconds ago\nx-lay-s1 ${status}\n` });
    lines('Exited (1) 2 seconds ago');
    expect(await trouble(requireLaid(docker.program, canTho))).toMatchObject({
      message: expect.stringContaining('x-lay-s1 Exited (1)'),
      hint: expect.stringContaining('docker logs x-lay-s1'),
    });
    lines('Exited (0) 2 seconds ago');
    expect(await trouble(requireLaid(docker.program, canTho))).toEqual({});
  });

  test('that keeps a container which did not lay files ready well loses it, and no other', async () => {
    const docker = fakeDocker();
    const removed = () => docker.calls().flatMap(({ words }) => (words[0] === 'rm' ? [words.join(' ')] : []));
    docker.answer({ when: 'ps', stdout: 'x-lay-n67 Exited (0) 3 hours ago\nx-lay-s1 Exited (0) 3 hours ago\n' });
    await removeFailed(docker.program, canTho);
    expect(removed()).toEqual([]);
    docker.answer({ when: 'ps', stdout: 'x-lay-n67 Exited (0) 3 hours ago\nx-lay-s1 Exited (1) 3 hours ago\n' });
    await removeFailed(docker.program, canTho);
    expect(removed()).toEqual(['rm --force x-lay-s1']);
    docker.answer({ when: 'ps', stdout: 'x-lay-s1 Exited (1) 3 hours ago\n' }, { when: 'rm', exitCode: 1, stderr: 'no' });
    expect(await trouble(removeFailed(docker.program, canTho))).toMatchObject({ hint: expect.stringContaining('docker rm -f x-lay-s1') });
  });
});

describe('what replaces containers', () => {
  const { topology, layout } = dockerCity(canTho);
  const steps = (...hosts: readonly string[]) =>
    siteSteps(canTho, hostGroupsOf(topology, layout), ['docker_container.s1-laid', ...hosts.map(containerAddress)]);

  test('of several sites goes site by site: backup, witness, primary; offices with all else', () =>
    expect(steps('e131', 's1-database1', 's1-edge1', 's2-database1', 's3-etcd1')).toEqual([
      ['docker_container.s2-database1'],
      ['docker_container.s3-etcd1'],
      ['docker_container.s1-edge1', 'docker_container.s1-database1'],
    ]));

  test('of one site, or of none, needs no steps', () => {
    expect(steps('e131', 's1-database1', 's1-edge1')).toEqual([]);
    expect(steps('e131', 'n67')).toEqual([]);
  });
});

describe('a city that runs', () => {
  const hosts = (...changes: readonly Partial<DockerHost>[]) => changes.map(change => ({ ...HOST, ...change }));
  const on = (...changes: readonly Partial<DockerHost>[]): City => ({ ...canTho, dockerHosts: hosts(...changes) });
  const moving = (after: City, docker = fakeDocker()) => trouble(requireSameCity(docker.program, canTho, after));

  test('may stay what it is, with more offices, and be reached another way', async () => {
    expect(await moving({ ...canTho, endpoints: [] })).toEqual({});
    const docker = fakeDocker();
    docker.answer({ when: 'ps', stdout: 'can-tho-2022-e131 can-tho-2022-underlay\n' });
    expect(await moving(on({ connect: 'ssh://there' }), docker)).toEqual({});
  });

  test.each<[string, City, RegExp]>([
    ['another city', { ...canTho, id: 'other' }, /can-tho-2022 runs from this state folder, and other is another city/],
    ['another underlay', on({ underlay: '172.29.0.0/16' }), /underlay of 'staging' was 172\.30\.0\.0\/16, and is to be 172\.29\.0\.0\/16/],
    ['another device', on({ device: 'eth1' }), /device of 'staging' was undefined, and is to be eth1/],
    ['another name', on({ key: 'other' }), /'staging' is gone/],
    ['two hosts for one', on({ sites: [] }, { key: 'two', sites: HOST.sites }), /there was one, or is to be one/],
  ])('does not become %s: the next step is stated', async (_, after, message) => {
    expect(await moving(after)).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringContaining('citydc --fabric docker down'),
    });
  });

  test('is not made a second time on another daemon, unless the first is lost', async () => {
    const docker = (there: string) => {
      const fake = fakeDocker();
      // The same program answers for both: only the first daemon has something, and it is asked last.
      writeFileSync(join(dirname(fake.program), 'docker'), `#!/bin/sh\ncase "$2" in ssh:*) ;; *) ${there} ;; esac\n`);
      return fake;
    };
    expect(await moving(on({ connect: 'ssh://there' }), docker('echo can-tho-2022-e131 can-tho-2022-underlay'))).toMatchObject({
      message: expect.stringContaining("Docker host 'staging' at ssh://there has nothing of can-tho-2022"),
    });
    expect(await moving(on({ connect: 'ssh://there' }), docker('echo "Cannot connect to the Docker daemon" >&2; exit 1'))).toEqual({});
  });

  test('keeps its terraform state where it is', async () => {
    const [state, stack] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(state, 'docker'));
    const backend = join(state, 'docker', 'backend.tf.json');
    expect(await trouble(requireSameBackend(state, stack))).toEqual({});
    writeFileSync(backend, '{}');
    expect(await trouble(requireSameBackend(state, stack))).toMatchObject({
      message: `terraform's state is not where ${backend} says`,
      hint: expect.stringMatching(/: cp \S+ \S+ && cd \S+ && terraform init -migrate-state$/),
    });
    writeFileSync(join(stack, 'backend_override.tf.json'), '{}');
    expect(await trouble(requireSameBackend(state, stack))).toEqual({});
    rmSync(backend);
    expect(await trouble(requireSameBackend(state, stack))).toMatchObject({ hint: expect.stringContaining(': rm ') });
  });
});

describe('what terraform does not know', () => {
  const state = (...names: readonly string[]) =>
    JSON.stringify({
      resources: names.map(name => ({
        mode: 'managed',
        type: 'docker_container',
        name,
        instances: [{ attributes: { name: `x-${name}` } }],
      })),
    });
  const deployed = (applied: boolean): Deployed => ({ schema: 1, city: canTho, chosen: {}, applied });
  const strays = async (known: string, found: readonly string[], before: Deployed | undefined) => {
    const docker = fakeDocker();
    docker.answer(
      { when: 'ps', stdout: found.map(name => `x-${name} x-underlay\n`).join('') },
      { when: 'network ls', stdout: 'x-underlay\n' },
    );
    const terraform = asked('terraform', `[ "$*" = "state pull" ] && cat <<'END'\n${known}\nEND`);
    const failure = await trouble(removeStrays(docker.program, canTho, terraform, before));
    const removed = docker.calls().flatMap(({ words }) => (/^(network )?rm /.test(words.join(' ')) ? words.join(' ') : []));
    return { failure, removed };
  };

  test('is removed: it was killed before it wrote that down', async () => {
    const removed = { failure: {}, removed: ['rm --force x-e133', 'network rm x-underlay'] };
    expect(await strays(state('e131', 'e132'), ['e131', 'e132', 'e133'], deployed(true))).toEqual(removed);
    expect(await strays('', ['e133'], deployed(false))).toEqual(removed);
    expect(await strays(state('e131', 'underlay'), ['e131'], deployed(true))).toEqual({ failure: {}, removed: [] });
  });

  test('is left alone when all was applied once, and it knows nothing: its state is another one', async () => {
    const { failure, removed } = await strays('', ['e131'], deployed(true));
    expect(failure).toMatchObject({
      message: "terraform knows nothing of can-tho-2022, which runs on Docker host 'staging'",
      hint: expect.stringContaining('citydc --fabric docker down'),
    });
    expect(removed).toEqual([]);
  });

  test('is left alone when terraform knows a city that this state folder does not: it has no secrets of it', async () => {
    const { failure, removed } = await strays(state('e131'), ['e131', 'e132'], undefined);
    expect(failure).toMatchObject({
      message: 'can-tho-2022 runs, and was deployed from another state folder, which has its secrets',
      hint: expect.stringContaining('copy secrets/'),
    });
    expect(removed).toEqual([]);
  });

  test('is left alone when its state cannot be read', async () => {
    const broken = asked('terraform', 'echo "Error: Error acquiring the state lock" >&2; exit 1');
    expect(await trouble(removeStrays(fakeDocker().program, canTho, broken, undefined))).toMatchObject({
      message: "terraform's state could not be read",
      hint: expect.stringContaining('force-unlock'),
    });
  });
});

describe('terraform', () => {
  const options = { progress: () => {}, signal: new AbortController().signal };

  test('tofu comes first; without either the next step is stated; a chosen one wins', async () => {
    const [tofu, terraform] = [program('tofu', ''), program('terraform', '')];
    expect(await findTerraform(undefined, `${terraform}:${tofu}`)).toBe(join(tofu, 'tofu'));
    expect(await findTerraform('terraform', `${tofu}:${terraform}`)).toBe(join(terraform, 'terraform'));
    expect(await trouble(findTerraform(undefined, '/nowhere'))).toMatchObject({ hint: expect.stringContaining('CITYDC_TERRAFORM') });
  });

  test.each([
    ['terraform', 'registry.terraform.io'],
    ['tofu', 'registry.opentofu.org'],
  ])('%s without the plug-in says where to put it', async (name, registry) => {
    const without = asked(name, 'echo "Error: Failed to query available provider packages"; exit 1');
    expect(await trouble(init(without, options))).toMatchObject({
      message: 'the docker plug-in of terraform cannot be had',
      hint: expect.stringContaining(`~/.terraform.d/plugins/${pluginPath(registry)}`),
    });
  });

  test.each([
    ['terraform', 'registry.terraform.io'],
    ['tofu', 'registry.opentofu.org'],
  ])('%s without the plug-in of a bundle says where it should be there', async (name, registry) => {
    const without = asked(name, 'echo "Error: Failed to query available provider packages"; exit 1');
    const { hint } = await trouble(init({ ...without, plugins: '/bundle/plugins' }, options));
    expect(hint).toContain(`/bundle/plugins/${pluginPath(registry)}: install the bundle again`);
    expect(hint).not.toContain('~');
  });

  test('goes where the stack says, whatever the environment says to the docker client', async () => {
    const folder = temporaryFolder();
    const naming = { ...asked('terraform', `env > ${folder}/env`), folder };
    vi.stubEnv('DOCKER_CONTEXT', 'elsewhere');
    vi.stubEnv('DOCKER_CERT_PATH', '/other');
    await init({ ...naming, certificates: '/certificates' }, options);
    vi.unstubAllEnvs();
    expect(readFileSync(join(folder, 'env'), 'utf8').match(/^(DOCKER|TF_VAR)_.*/gm)).toEqual(['TF_VAR_docker_certificates=/certificates']);
  });

  test('gets the certificates that the docker client would take', () => {
    expect(certificatesIn({ DOCKER_CERT_PATH: '/certificates' })).toBe('/certificates');
    expect(certificatesIn({})).toMatch(/\/\.docker$/);
  });

  test('is not begun when it was interrupted already', async () => {
    const folder = temporaryFolder();
    const touching = { ...asked('terraform', `touch ${folder}/ran`), folder };
    await expect(apply(touching, { ...options, signal: AbortSignal.abort() })).rejects.toThrow();
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  test('takes plug-ins from a bundle alone', async () => {
    const demanding = asked('terraform', `case " $* " in *" -plugin-dir=/bundle/plugins "*) exit 0 ;; esac; exit 1`);
    expect(await trouble(init({ ...demanding, plugins: '/bundle/plugins' }, options))).toEqual({});
  });

  test('its first error is the cause, with the address, how many more there are, and the next step', async () => {
    const error = (summary: string, address: string) =>
      `echo '${JSON.stringify({ type: 'diagnostic', diagnostic: { severity: 'error', summary, address } })}'`;
    const failing = asked('terraform', `${error('no space left on device', 'docker_volume.a')}; ${error('x', 'b')}; exit 1`);
    expect(await trouble(apply(failing, options))).toMatchObject({
      message: 'the city could not be brought up',
      cause: 'docker_volume.a: no space left on device (and 1 more)',
      hint: expect.stringContaining('make room there'),
    });
  });
});
