/** What resources have in common. */

import type { ContainerConfig } from '@cdktf/provider-docker/lib/container/index.js';
import { Fn, type TerraformElement } from 'cdktf';
import type { City } from '../../city/model.js';
import { ENVIRONMENT } from '../../site/container.js';
import { CITY_LABEL, containerName } from '../names.js';

/** A resource under its permanent name: `docker_container.s1-edge1`. */
export function named<T extends TerraformElement>(element: T, name: string): T {
  element.overrideLogicalId(name);
  return element;
}

/** What `upload` takes of a file, from the stack's own folder: where from, and the digest that tells a change. */
export const sourceOf = (path: string) => ({ source: path, sourceHash: Fn.filesha256(path) });

/** What Docker would fill in by itself is stated, or the next plan would find a difference. */
const STATED = {
  entrypoint: [],
  workingDir: '/',
  user: '0:0',
  env: [...ENVIRONMENT],
  networkMode: 'none',
  ipcMode: 'private',
  init: false,
  stdinOpen: false,
  tty: false,
} as const;

/** What a city's containers, volumes and networks are found by, whatever else its Docker host keeps. */
export const labelsOf = ({ id }: City) => [{ label: CITY_LABEL, value: id }];

/** A container that does one thing and ends: it is not to run afterwards. */
export const once = (city: City, name: string, image: string) =>
  ({
    ...STATED,
    entrypoint: [],
    env: [...ENVIRONMENT],
    labels: labelsOf(city),
    name: containerName(city, `lay-${name}`),
    hostname: `lay-${name}`,
    image,
    restart: 'no',
    mustRun: false,
    attach: true,
    logs: true,
    capabilities: { drop: ['ALL'], add: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER'] },
  }) satisfies Partial<ContainerConfig>;

/** A container that runs until it is told to end. */
export const always = (city: City, name: string, image: string) =>
  ({
    ...STATED,
    entrypoint: [],
    env: [...ENVIRONMENT],
    labels: labelsOf(city),
    name: containerName(city, name),
    hostname: name,
    image,
    restart: 'unless-stopped',
    mustRun: true,
    wait: false,
    networkMode: 'bridge',
  }) satisfies Partial<ContainerConfig>;
