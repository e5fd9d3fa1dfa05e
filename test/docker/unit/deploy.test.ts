/** What is asked of a Docker host before and after a city is put on it. Over real daemons: `test/docker`. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DockerHost } from '../../../infra/city/model.js';
import { requireDocker, requireGround } from '../../../infra/docker/deploy/ground.js';
import { imageSteps } from '../../../infra/docker/deploy/image-steps.js';
import { removeFailed, requireLaid } from '../../../infra/docker/deploy/laid.js';
import { apply, findTerraform, init, pluginPath } from '../../../infra/docker/deploy/terraform.js';
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
    network('somebody');
    expect(await trouble(requireDocker(docker.program, HOST, canTho))).toMatchObject({
      message: expect.stringMatching(/is in use on Docker host 'staging': its network somebody has/),
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
    expect(await trouble(requireGround(docker.program, HOST, canTho, 'citydc:0123'))).toMatchObject({
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
    expect(await trouble(requireGround(docker.program, HOST, canTho, 'citydc:0123'))).toEqual({});
  });

  test('on which a host did not put its files into force is named', async () => {
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

describe('a changed image', () => {
  test('moves backup, witness, primary, each on top of the ones before, and all else at last', () =>
    expect(imageSteps(canTho, 'old', 'new')).toEqual([
      { image: 'old', images: '{s2="new"}' },
      { image: 'old', images: '{s2="new",s3="new"}' },
      { image: 'old', images: '{s2="new",s3="new",s1="new"}' },
      {},
    ]));

  test('needs no steps where nothing runs, or it is the same', () => {
    expect(imageSteps(canTho, undefined, 'new')).toEqual([{}]);
    expect(imageSteps(canTho, 'new', 'new')).toEqual([{}]);
  });
});

describe('terraform', () => {
  const options = { progress: () => {}, signal: new AbortController().signal };

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

  test('tofu comes first; without either the next step is told; a chosen one wins', async () => {
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
