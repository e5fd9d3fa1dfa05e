import type { Role } from './host.js';
import type { Program } from './program.js';
import { alertmanager } from './programs/alertmanager.js';
import { announcer } from './programs/announcer.js';
import { blackbox } from './programs/blackbox.js';
import { canary, canaryClient } from './programs/canary.js';
import { etcd } from './programs/etcd.js';
import { filter } from './programs/filter.js';
import { frr } from './programs/frr.js';
import { haproxy } from './programs/haproxy.js';
import { names } from './programs/names.js';
import { network } from './programs/network.js';
import { notices } from './programs/notices.js';
import { patroni } from './programs/patroni.js';
import { pgbackrest } from './programs/pgbackrest.js';
import { prometheus } from './programs/prometheus.js';
import { reflector } from './programs/reflector.js';
import { supervisor } from './programs/supervisor.js';
import { ward } from './programs/ward.js';
import type { Machine } from './topology.js';

const EVERYWHERE = [supervisor, network, names] as const;

/** What a host of each role runs, in the order in which it starts. */
const PROGRAMS = {
  router: [filter, frr, announcer],
  edge: [haproxy],
  application: [canary],
  database: [pgbackrest, patroni],
  etcd: [etcd],
  monitor: [reflector, blackbox, prometheus, notices, alertmanager],
  repository: [pgbackrest],
  aggregation: [filter, frr],
  office: [filter, canaryClient, ward],
  external: [frr],
} as const satisfies Record<Role, readonly Program[]>;

/** A machine's programs. The witness serves nothing, so its router announces nothing. */
export function programsOf({ role, node }: Machine): readonly Program[] {
  const own: readonly Program[] = PROGRAMS[role];
  const serves = node.kind !== 'site' || node.role !== 'witness';
  return [...EVERYWHERE, ...own.filter(program => serves || program !== announcer)];
}

/** Every program there is, each once. */
export const ALL_PROGRAMS: readonly Program[] = [...new Set<Program>([...EVERYWHERE, ...Object.values(PROGRAMS).flat()])];
