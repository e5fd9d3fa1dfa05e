import type { Host, Role } from './host.js';

/** What every host's init and processes need; a program may request more. */
const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETGID',
  'SETPCAP',
  'SETUID',
].map(name => `CAP_${name}`);

/** All that a host's container may do. */
export const capabilitiesOf = ({ capabilities }: Pick<Host, 'capabilities'>): readonly string[] => [...CAPABILITIES, ...capabilities];

/** PostgreSQL's own programs first: Debian's `psql` is a Perl wrapper that takes longer than most queries. */
const PATH = 'PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
export const ENVIRONMENT: readonly string[] = [PATH, 'LANG=C.UTF-8', 'HOME=/root', 'TERM=xterm'];

/**
 * Relative claims on the processors of one machine that runs many hosts. What carries citizens' requests comes before what watches.
 *
 * An office weighs less than a service: 138 agents that start at once must delay no service. But what is run in it (a drill's client) weighs no
 * more where it counts with the office's own processes, as on Docker: with an eighth of this, clients there were 0.3 s late.
 */
const CPU_SHARES = {
  router: 4096,
  aggregation: 4096,
  external: 4096,
  edge: 2048,
  application: 2048,
  database: 2048,
  etcd: 2048,
  monitor: 512,
  repository: 512,
  office: 512,
} as const satisfies Record<Role, number>;

/** Of what is run in a host whose own processes are counted elsewhere: a drill's client, an operator's question. */
const GUEST_CPU_SHARES = 4096;

/** Of hosts that start while others serve. */
export const STARTING_CPU_SHARES = 64;

/** @param processes whether the host's own processes count in its group, or apart with others of their kind */
export const cpuSharesOf = ({ role }: Pick<Host, 'role'>, processes: 'alone' | 'apart' = 'alone'): number =>
  processes === 'apart' ? GUEST_CPU_SHARES : CPU_SHARES[role];
