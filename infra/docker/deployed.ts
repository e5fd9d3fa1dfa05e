/** The record of which city is on the Docker hosts: written before its stack is applied, so that a half-deployed city is known, too. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { own } from '../../agents/contract/json.js';
import { replaceDurably } from '../../agents/contract/replace.js';
import { readJson } from '../city/json.js';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import type { DockerState } from './state-folder.js';

export interface Deployed {
  readonly schema: 1;
  readonly city: City;
  readonly chosen: Chosen;
  /** Whether it was ever applied to the end. */
  readonly applied: boolean;
}

/** What an operator chose beyond the inventory; each stays set until another value is given. */
export interface Chosen {
  /** The tag of an image that is on the Docker hosts already; empty: the one that this program's recipe makes. */
  readonly image?: string;
  /** The registry that has the image, with a slash at its end; empty: the image is loaded from this machine. */
  readonly registry?: string;
  /** Docker's log driver for all containers. */
  readonly logDriver?: string;
}

/** @throws {WorldError} when nothing was deployed from here, or it cannot be read */
export async function readDeployed({ city: path }: Pick<DockerState, 'city'>): Promise<Deployed> {
  const text = await readFile(path, 'utf8').catch(cause => {
    throw (cause as NodeJS.ErrnoException).code === 'ENOENT' ? NOTHING : damaged(path, cause);
  });
  return readJson(own<Deployed>(), text, path, HINT);
}

const HINT = 'deploy the city with `citydc --fabric docker up`, or name the folder of the one that was in CITYDC_STATE';
const NOTHING = new WorldError('no city was deployed to Docker hosts from here', { hint: HINT });
const damaged = (path: string, cause: unknown): WorldError => new WorldError(`cannot read ${path}`, { cause, hint: HINT });

/** On disk on return: the stack is applied next. */
export async function writeDeployed({ city: path }: Pick<DockerState, 'city'>, deployed: Omit<Deployed, 'schema'>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceDurably(path, `${JSON.stringify({ schema: 1, ...deployed } satisfies Deployed)}\n`);
}

/** Removes the record of a city whose stack is destroyed, and its faults. Evidence of drills stays. */
export async function forgetDeployed({ city, faults }: Pick<DockerState, 'city' | 'faults'>): Promise<void> {
  await rm(faults, { recursive: true, force: true });
  await rm(city, { force: true });
}
