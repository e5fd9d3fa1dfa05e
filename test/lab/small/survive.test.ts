/** `up`, killed or interrupted wherever it is. `down`, and what outlives a city, is tried in `survive-down`. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { traces } from '../../bench/traces.js';
import { citydc, signalledAt, succeed } from '../citydc.js';
import { eventually } from '../eventually.js';
import { INTERRUPTED, isSteady, NOTHING, noSmallCity, smallCity } from './small-city.js';

/** A small city's hosts all start within a second: a signal that is to find some starting is sent at the first. */
const FIRST_STARTED = /^hosts 1\//m;
/** Every stage that `up` reports between nothing and a healthy city. */
const UP_STAGES = [/^namespaces /m, /^wires /m, FIRST_STARTED, /^steady state: \d\//m, /^steady state: 1\d\//m];
/** By then others are still starting; whether `up` says this very number depends on the machine. */
const SOME_HOSTS = 12;

const SUITE = 'a command that is killed';

describe.skipIf(noSmallCity(SUITE)).sequential(SUITE, () => {
  const { state, up } = smallCity('a-command-that-is-killed');
  const killedAt = async (words: readonly string[], stage: RegExp): Promise<boolean> =>
    (await signalledAt(words, stage, 'SIGKILL')).signal === 'SIGKILL';
  const startedHosts = (): number => readdirSync(join(state, 'city', 'runc')).length;
  const upKilledHalfway = async (): Promise<boolean> =>
    (await signalledAt(up, FIRST_STARTED, 'SIGKILL', () => eventually('a dozen hosts', async () => startedHosts() >= SOME_HOSTS)))
      .signal === 'SIGKILL';
  const left = () => traces(state);

  test.each(UP_STAGES)('up, killed at %s, is taken down', async stage => {
    expect(await killedAt(up, stage)).toBe(true);
    await succeed('down');
    expect(left()).toEqual(NOTHING);
  });

  test('up, killed with a dozen hosts, is taken down', async () => {
    expect(await upKilledHalfway()).toBe(true);
    await succeed('down');
    expect(left()).toEqual(NOTHING);
  });

  test('up, killed with a dozen hosts, is brought up by the next', async () => {
    expect(await upKilledHalfway()).toBe(true);
    expect((await citydc(['status'])).code).toBe(3);
    expect(await succeed(...up)).toContain('is up');
    expect(await isSteady()).toBe(true);
    await succeed('down');
  });

  test('up, interrupted with Ctrl-C while hosts start, undoes what it began', async () => {
    expect(await signalledAt(up, FIRST_STARTED, 'SIGINT')).toMatchObject(INTERRUPTED);
    expect(left()).toEqual(NOTHING);
  });
});
