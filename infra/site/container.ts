import type { Host, Role } from './host.js';

/** What every host's init and processes need, and what for; a program may request more. */
const CAPABILITIES = {
  CAP_CHOWN: "at a start: folders and sockets become their users' (frr's, patroni's, pgbackrest's, etcd's data)",
  CAP_DAC_OVERRIDE: "runit's and apply's files in folders of others; an operator who looks into any folder",
  CAP_FOWNER: 'modes of files that belong to a service: install, and patroni',
  CAP_KILL: 'runit signals services that run as users of their own',
  CAP_NET_ADMIN: 'ip and nft: addresses, routes, filter; zebra and the announcer; a fault of a drill',
  CAP_NET_BIND_SERVICE: "the edge's port 80, bgpd's 179",
  CAP_NET_RAW: "bfdd's packets with a time to live of their own; zebra and bgpd demand it",
  CAP_SETGID: 'chpst and the daemons that leave root',
  CAP_SETPCAP: 'setpriv, by which a command in a host gives up what it need not have',
  CAP_SETUID: 'chpst and the daemons that leave root',
} as const satisfies Readonly<Record<`CAP_${string}`, string>>;

/** All that a host's container may do. */
export const capabilitiesOf = ({ capabilities }: Pick<Host, 'capabilities'>): readonly string[] => [
  ...Object.keys(CAPABILITIES),
  ...capabilities,
];

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

interface Limits {
  readonly memoryMib: number;
  readonly diskMib: number;
  /** Threads count, too. */
  readonly processes: number;
}

/**
 * What a host may take of the machine it is on, several times what it uses (a leak, a full disk and a fork bomb stay within one host).
 *
 * Disk is what the host itself has written. A database keeps its log for copies that are away, a repository its backups, a monitor half a
 * month of samples.
 */
const LIMITS = {
  router: { memoryMib: 512, diskMib: 128, processes: 512 },
  edge: { memoryMib: 256, diskMib: 64, processes: 512 },
  application: { memoryMib: 512, diskMib: 64, processes: 512 },
  database: { memoryMib: 2048, diskMib: 4096, processes: 1024 },
  etcd: { memoryMib: 512, diskMib: 1024, processes: 512 },
  monitor: { memoryMib: 1024, diskMib: 2048, processes: 512 },
  repository: { memoryMib: 1024, diskMib: 4096, processes: 512 },
  aggregation: { memoryMib: 256, diskMib: 64, processes: 512 },
  office: { memoryMib: 256, diskMib: 64, processes: 256 },
  external: { memoryMib: 512, diskMib: 64, processes: 512 },
} as const satisfies Record<Role, Limits>;

/** What a host may take; a realisation enforces what its means allow. */
export const limitsOf = ({ role }: Pick<Host, 'role'>): Limits => LIMITS[role];

/** Of what is run in a host whose own processes are counted elsewhere: a drill's client, an operator's question. */
const GUEST_CPU_SHARES = 4096;

/** Of hosts that start while others serve. */
export const STARTING_CPU_SHARES = 64;

/** @param processes whether the host's own processes count in its group, or apart with others of their kind */
export const cpuSharesOf = ({ role }: Pick<Host, 'role'>, processes: 'alone' | 'apart' = 'alone'): number =>
  processes === 'apart' ? GUEST_CPU_SHARES : CPU_SHARES[role];
