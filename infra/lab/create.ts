import { cpus } from 'node:os';
import pLimit from 'p-limit';
import type { Users } from '../../agents/contract/passwd.js';
import type { Progress } from '../image/build.js';
import type { SecretStore } from '../image/secrets.js';
import type { Host, Layout } from '../site/host.js';
import { allEnded } from './all-ended.js';
import { writeAppliedHost } from './applied.js';
import { startContainers, writeBundle } from './container.js';
import { mountRoots, writeRoot } from './disk.js';
import { makeSharedGroups } from './processors.js';
import type { StateFolder } from './state-folder.js';
import { layWires, makeNamespaces } from './wiring.js';

/** What every step of creating or changing hosts needs. */
export interface LabContext {
  readonly state: StateFolder;
  readonly imageRoot: string;
  readonly users: Users;
  readonly secrets: SecretStore;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Creates hosts and the wires between them, and starts the hosts. */
export async function createHosts(lab: LabContext, { hosts, wires }: Pick<Layout, 'hosts' | 'wires'>): Promise<void> {
  const { state, progress, signal } = lab;
  const names = lightestFirst(hosts);
  progress('namespaces', 0, hosts.length);
  await makeNamespaces(state, hosts);
  signal.throwIfAborted();
  progress('wires', 0, wires.length);
  await allEnded([layWires(state, wires), prepareRoots(lab, hosts)]);
  signal.throwIfAborted();
  makeSharedGroups(state);
  await startContainers(state, names, count => {
    signal.throwIfAborted();
    progress('hosts', count, hosts.length);
  });
}

/** Hosts with few processes are started first: the programs of the others would slow down the starting of the rest. */
const lightestFirst = (hosts: readonly Host[]): readonly string[] =>
  hosts.toSorted((a, b) => a.processes.length - b.processes.length).map(({ name }) => name);

async function prepareRoots(lab: LabContext, hosts: readonly Host[]): Promise<void> {
  await mountRoots(lab.state, lab.imageRoot, hosts);
  const limit = pLimit(4 * cpus().length);
  await allEnded(
    hosts.map(host =>
      limit(async () => {
        lab.signal.throwIfAborted();
        await writeRoot(lab.state, lab.users, lab.secrets, host);
        await writeBundle(lab.state, host);
        await writeAppliedHost(lab.state, host);
      }),
    ),
  );
}
