import { cpus } from 'node:os';
import pLimit from 'p-limit';
import type { Progress } from '../image/build.js';
import type { SecretStore } from '../image/secrets.js';
import type { Host, Layout } from '../site/host.js';
import { allEnded } from './all-ended.js';
import { writeAppliedHost } from './applied.js';
import { startContainers, writeBundle } from './container.js';
import { furnish, mountRoots, type Users } from './disk.js';
import { makeSharedGroups } from './processors.js';
import type { StateFolder } from './state-folder.js';
import { layWires, makeNamespaces } from './wiring.js';

/** What every step of making hosts needs. */
export interface Workshop {
  readonly state: StateFolder;
  readonly imageRoot: string;
  readonly users: Users;
  readonly secrets: SecretStore;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Makes hosts and wires where there are none, and starts the hosts. */
export async function createHosts(shop: Workshop, { hosts, wires }: Pick<Layout, 'hosts' | 'wires'>): Promise<void> {
  const { state, progress, signal } = shop;
  const names = lightestFirst(hosts);
  progress('namespaces', 0, hosts.length);
  await makeNamespaces(state, names);
  signal.throwIfAborted();
  progress('wires', 0, wires.length);
  await allEnded([layWires(state, wires), furnishAll(shop, hosts)]);
  signal.throwIfAborted();
  makeSharedGroups(state);
  await startContainers(state, names, count => {
    signal.throwIfAborted();
    progress('hosts', count, hosts.length);
  });
}

/** Hosts that run little are started first: the others' programs would take the processors from the starting itself. */
const lightestFirst = (hosts: readonly Host[]): readonly string[] =>
  hosts.toSorted((a, b) => a.processes.length - b.processes.length).map(({ name }) => name);

async function furnishAll(shop: Workshop, hosts: readonly Host[]): Promise<void> {
  await mountRoots(shop.state, shop.imageRoot, hosts);
  const limit = pLimit(4 * cpus().length);
  await allEnded(
    hosts.map(host =>
      limit(async () => {
        shop.signal.throwIfAborted();
        await furnish(shop.state, shop.users, shop.secrets, host);
        await writeBundle(shop.state, host);
        await writeAppliedHost(shop.state, host);
      }),
    ),
  );
}
