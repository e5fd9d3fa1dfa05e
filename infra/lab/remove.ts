import { readdir, rm } from 'node:fs/promises';
import { execa } from 'execa';
import type { Progress } from '../image/build.js';
import { unmountBelow } from '../image/mounts.js';
import { forgetContainers, killContainers, removeControlGroups } from './container.js';
import type { StateFolder } from './state-folder.js';
import { removeNamespaces } from './wiring.js';

/** Ends a city, however far it had come: processes, mounts, namespaces, control groups, files. Safe twice. */
export async function removeCity(state: StateFolder, progress: Progress): Promise<void> {
  const containers = await readdir(state.runc).catch(() => []);
  progress('ending hosts', 0, containers.length);
  await killContainers(state, containers);
  progress('ending hosts', containers.length, containers.length);
  await unmountBelow(state.city);
  await removeControlGroups(state);
  progress('removing files', 0, 1);
  await execa('rm', ['-rf', '--one-file-system', state.city]);
  progress('removing files', 1, 1);
}

/** Ends some hosts of a running city. */
export async function removeHosts(state: StateFolder, hosts: readonly string[]): Promise<void> {
  await killContainers(state, hosts);
  await forgetContainers(state, hosts);
  for (const host of hosts) await unmountBelow(state.host(host));
  await removeNamespaces(state, hosts);
  await Promise.all(hosts.map(host => rm(state.host(host), { recursive: true, force: true })));
}
