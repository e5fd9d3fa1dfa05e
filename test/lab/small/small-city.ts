/**
 * A small city of a test file's own, in a network namespace of its own: two can run side by side on one machine, beside that of the
 * checkout. What is tried in it (the states of a drill, of `up` and of `down`) does not depend on a city's size.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { edit } from '../../added-office.js';
import { skipUnless } from '../../skips.js';
import { citydc, speakTo } from '../citydc.js';
import { folderOf, networkOf, removeSmallCity, stateOf } from './left.js';

const SHIPPED = 'infra/city/inventory/can-tho-2022';
/** An aggregation node and its offices, with both sites, the witness and the externals. */
const ONE_DISTRICT = ['n67'];
/** It is waited for many times; the half minute of the shipped city is tried by the drill of the whole city. */
const HOLD_DOWN_SECONDS = 5;

/** Whether there is none on this machine, by its suite's name in test/skips.json. */
export const noSmallCity = (suite: string): boolean => skipUnless(suite, inject('noLab') || undefined);

export interface SmallCity {
  /** Its state folder. */
  readonly state: string;
  /** The folder of its inventory, there when the tests begin. */
  readonly inventory: string;
  /** The words of `up`: the same part of the same inventory each time. */
  readonly up: readonly [string, ...string[]];
  /** The words of `up` with another inventory, for the same part. */
  readonly upWith: (inventory: string) => readonly [string, ...string[]];
}

/**
 * From when the tests of this file begin, its commands are about a city of its own, which is not up yet and is removed at the end.
 */
export function smallCity(name: string, districts: readonly string[] = ONE_DISTRICT): SmallCity {
  const folder = folderOf(name);
  const state = stateOf(folder);
  const inventory = join(folder, 'inventory');
  const network = networkOf(folder);
  beforeAll(() => {
    removeSmallCity(folder);
    mkdirSync(state, { recursive: true });
    symlinkSync(resolve('.citydc', 'images'), join(state, 'images'));
    cpSync(SHIPPED, inventory, { recursive: true });
    edit(join(inventory, 'city.yaml'), text => `${text}\nfailover:\n  holdDownSeconds: ${HOLD_DOWN_SECONDS}\n`);
    writeFileSync(network, '');
    execFileSync('unshare', [`--net=${network}`, 'ip', 'link', 'set', 'lo', 'up']);
    speakTo({ within: ['nsenter', `--net=${network}`], environment: { CITYDC_STATE: state } });
  });
  afterAll(() => removeSmallCity(folder));
  const upWith = (other: string) => ['up', other, '--districts', districts.join(',')] as const;
  return { state, inventory, up: upWith(inventory), upWith };
}

/** In steady state, by the command's own word. */
export const isSteady = async (): Promise<boolean> => (await citydc(['status'])).code === 0;

/** What `up` says and does when Ctrl-C reaches it. */
export const INTERRUPTED = { code: 3, signal: null, stderr: expect.stringMatching(/^error: interrupted by SIGINT\n {2}hint: /m) };
/** What a city that is gone leaves on the machine. */
export const NOTHING = { mounts: [], processes: [], devices: [], listeners: [], controlGroups: [] };
