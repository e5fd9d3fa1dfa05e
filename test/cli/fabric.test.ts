/** Which running city a command is about. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../infra/cli/commands.js';
import { run } from '../../infra/cli/run.js';
import { writeDeployed } from '../../infra/docker/deployed.js';
import { dockerState } from '../../infra/docker/state-folder.js';
import { recordFault } from '../../infra/fabric/faults/store.js';
import { type FakeDocker, fakeDocker } from '../docker/unit/fake-docker.js';
import { smallCity } from '../site/cities.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fakeWorld } from './world.js';

let state: string;
let docker: FakeDocker;
beforeEach(() => {
  state = temporaryFolder();
  docker = fakeDocker();
});

async function citydc(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { world, written } = fakeWorld();
  const code = await run(args, COMMANDS, { ...world, env: { CITYDC_STATE: state, CITYDC_DOCKER: docker.program, ...env } });
  return { code, ...written };
}

const NOT_DEPLOYED = { code: 3, stdout: '', stderr: expect.stringContaining('no city was deployed to Docker hosts from here') };

test.each([
  [['--fabric', 'docker', 'status'], {}],
  [['--fabric=docker', 'status'], {}],
  [['status', '--fabric', 'docker'], {}],
  [['fault', 'list', '--fabric', 'docker'], {}],
  [['exec', 'e77', '--', 'ls', '--fabric', 'lab'], { CITYDC_FABRIC: 'docker' }],
  [['check', '--against-lab', 'routes'], { CITYDC_FABRIC: 'docker' }],
  [['drill', 'recover'], { CITYDC_FABRIC: 'docker' }],
])('%j with %j is about Docker', async (args, env) => expect(await citydc(args, env)).toMatchObject(NOT_DEPLOYED));

test('a flag goes before the environment', async () =>
  expect((await citydc(['--fabric', 'docker', 'status'], { CITYDC_FABRIC: 'lab' })).stderr).toContain('Docker hosts'));

test.each([
  [['--fabric', 'cloud', 'status'], {}, 'Allowed choices are lab, docker'],
  [['status'], { CITYDC_FABRIC: 'cloud' }, "CITYDC_FABRIC: there is no fabric 'cloud' [usage]\n  hint: one of: lab, docker"],
])('%j with %j is bad usage', async (args, env, words) => {
  const { code, stderr } = await citydc(args, env as Record<string, string>);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test('a drill is planned by the objectives of its fabric, and its evidence kept apart', async () => {
  const planned = JSON.parse((await citydc(['--fabric', 'docker', 'drill', 'plan', 'site-loss', '--json'])).stdout);
  expect(planned).toMatchObject({ target: 'docker' });
  mkdirSync(join(state, 'drills'));
  expect((await citydc(['--fabric', 'docker', 'drill', 'report'])).stderr).toContain('no drill has been run here yet');
});

describe('with a city on Docker hosts', () => {
  const listed = (health: string) => `toy-s1-edge1\trunning\tUp 2 minutes (${health})\ntoy-s1-router1\texited\tExited (137)\n`;
  beforeEach(() => writeDeployed(dockerState(state), { city: smallCity, chosen: {}, applied: true }));

  test('status says which Docker hosts, and how their containers are', async () => {
    docker.answer({ when: 'ps', stdout: listed('unhealthy') });
    const { code, stdout } = await citydc(['--fabric', 'docker', 'status', '--json']);
    expect(code).toBe(1);
    const { fabric, dockerHosts, checks } = JSON.parse(stdout);
    expect({ fabric, dockerHosts }).toMatchObject({
      fabric: 'docker',
      dockerHosts: [{ dockerHost: 'staging', containers: expect.any(Array) }],
    });
    expect(checks.find(({ check }: { check: string }) => check === 'docker/staging')).toMatchObject({
      state: 'late',
      detail: expect.stringMatching(/^s1-router1 is exited; s1-edge1 is unhealthy; .* and \d+ more$/),
    });
    expect(checks.map(({ check }: { check: string }) => check)).not.toContain('keeper');
  });

  test('status says that the machine was late when it was, and then only', async () => {
    const watched = (lateMs: number) => JSON.stringify({ kind: 'watched', fromMs: 0, toMs: 1000, late: [{ atMs: 900, lateMs }] });
    docker.answer({ when: 'sentinel', stdout: `${watched(412)}\n` }, { when: 'ps', stdout: listed('unhealthy') });
    const { stdout } = await citydc(['--fabric', 'docker', 'status']);
    expect(stdout).toMatch(
      /^machine {3}late by up to 412 ms while this looked: the cause of what follows may be the machine, not the city\n/,
    );
    const reported = JSON.parse((await citydc(['--fabric', 'docker', 'status', '--json'])).stdout);
    expect(reported).toMatchObject({ machine: { lateMs: 412, limitMs: 250, host: expect.stringMatching(/^e\d+$/) } });
    docker.answer({ when: 'sentinel', stdout: `${watched(250)}\n` }, { when: 'ps', stdout: listed('unhealthy') });
    expect(JSON.parse((await citydc(['--fabric', 'docker', 'status', '--json'])).stdout)).not.toHaveProperty('machine');
  });

  test('status says when no keeper keeps the faults active', async () => {
    await recordFault(dockerState(state).faults, { fault: { do: 'cut', links: [] }, injectedAt: '', healBy: undefined, by: '', means: '' });
    const { checks } = JSON.parse((await citydc(['--fabric', 'docker', 'status', '--json'])).stdout);
    expect(checks.at(-1)).toMatchObject({ check: 'keeper', state: 'late' });
  });

  test('a Docker host that does not answer is unknown, not down', async () => {
    docker.answer({ when: '', exitCode: 1, stderr: 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' });
    const { code, stdout } = await citydc(['--fabric', 'docker', 'status', '--json']);
    expect(JSON.parse(stdout).checks.find(({ check }: { check: string }) => check === 'docker/staging')).toMatchObject({
      state: 'unknown',
    });
    expect(code).toBe(3);
  });

  test('up does not change it while a fault is active', async () => {
    await recordFault(dockerState(state).faults, { fault: { do: 'cut', links: [] }, injectedAt: '', healBy: undefined, by: '', means: '' });
    expect(await citydc(['--fabric', 'docker', 'up'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('while a fault is active: f1'),
    });
  });
});
