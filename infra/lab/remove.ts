import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { WorldError } from '../city/problem.js';
import type { Progress } from '../image/build.js';
import { unmountBelow } from '../image/mounts.js';
import { forgetContainers, killContainers, removeControlGroups } from './container.js';
import type { StateFolder } from './state-folder.js';
import { tool } from './tool.js';
import { removeNamespaces } from './wiring.js';

const STRAGGLERS_DEADLINE_MS = 10_000;
const POLL_MS = 20;
const TOOLS = /^(?:[^\0]*\/)?(?:runc|sh|mount|unshare|nsenter)\0/;

/** Removes a city, also an incomplete one: processes, mounts, namespaces, control groups, files. May be repeated. */
export async function removeCity(state: StateFolder, given: Progress): Promise<void> {
  // Where there is no city, as before the first `up`, there is nothing to speak of.
  const progress: Progress = existsSync(state.city) ? given : () => undefined;
  const containers = () => readdir(state.runc).catch(() => []);
  const hosts = await containers();
  progress('ending hosts', 0, hosts.length);
  await killContainers(state, hosts);
  await awaitStragglers(state);
  await killContainers(state, await containers());
  progress('ending hosts', hosts.length, hosts.length);
  progress('removing files', 0, 1);
  await unmountBelow(state.city);
  await removeControlGroups(state);
  await tool("the city's files could not be removed", ['rm', '-rf', '--one-file-system', state.city]);
  progress('removing files', 1, 1);
}

/** Waits for tools that a killed command had started (a host being started, disks being mounted): they end by themselves, soon. */
async function awaitStragglers(state: StateFolder): Promise<void> {
  const giveUpAt = performance.now() + STRAGGLERS_DEADLINE_MS;
  for (;;) {
    const pids = await processesNaming(state.city);
    if (pids.length === 0) return;
    if (performance.now() > giveUpAt)
      throw new WorldError(`processes of the city do not end: ${pids.join(', ')}`, { hint: 'end them, then run `citydc down` again' });
    await pause(POLL_MS);
  }
}

/** Tools whose arguments name the folder or a path in it. Other programs that use it (an editor, a pager) are not waited for. */
async function processesNaming(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0 && pid !== process.pid);
  const naming = await Promise.all(
    pids.map(pid =>
      readFile(`/proc/${pid}/cmdline`, 'utf8').then(
        words => TOOLS.test(words) && words.split(/[\0=]/).some(word => word === folder || word.startsWith(`${folder}/`)),
        () => false,
      ),
    ),
  );
  return pids.filter((_, index) => naming[index]);
}

/** Removes some hosts of a running city. */
export async function removeHosts(state: StateFolder, hosts: readonly string[]): Promise<void> {
  await killContainers(state, hosts);
  await forgetContainers(state, hosts);
  for (const host of hosts) await unmountBelow(state.host(host));
  await removeNamespaces(state, hosts);
  await Promise.all(hosts.map(host => rm(state.host(host), { recursive: true, force: true })));
}
