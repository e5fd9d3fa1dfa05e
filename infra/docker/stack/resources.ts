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

/** What `upload` takes of a file in the stack's own folder: its path, and the digest by which a change is seen. */
export const sourceOf = (path: string) => ({ source: path, sourceHash: Fn.filesha256(path) });

/** Docker's own defaults are stated, or the next plan would find a difference. */
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

/** No process gains rights by a file's mode. */
export const NO_NEW_RIGHTS = 'no-new-privileges';

/** The label by which a city's containers, volumes and networks are found on a Docker host. */
export const labelsOf = ({ id }: City) => [{ label: CITY_LABEL, value: id }];

/** A container that runs one command and ends. */
export const once = (city: City, name: string, image: string) =>
  ({
    ...STATED,
    entrypoint: [],
    env: [...ENVIRONMENT],
    securityOpts: [NO_NEW_RIGHTS],
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

/** A container that runs until it is stopped. */
export const always = (city: City, name: string, image: string) =>
  ({
    ...STATED,
    entrypoint: [],
    env: [...ENVIRONMENT],
    securityOpts: [NO_NEW_RIGHTS],
    labels: labelsOf(city),
    name: containerName(city, name),
    hostname: name,
    image,
    restart: 'unless-stopped',
    mustRun: true,
    wait: false,
    networkMode: 'bridge',
  }) satisfies Partial<ContainerConfig>;
