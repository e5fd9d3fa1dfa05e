import { stringify } from 'yaml';
import { secretFile } from '../host.js';
import { curlFile, identityOf, identitySecrets, revokedOf } from '../identity.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';
import { accountOf, statefulSystems } from './canary.js';
import { ETCD_PATRONI, etcdClients } from './etcd.js';
import { databaseFounder, ensureDatabases, guard, PATRONI, startScript, switchover } from './patroni-scripts.js';
import { ARCHIVE_PUSH, DATA_FOLDER, STANZA } from './pgbackrest.js';

/** Moves the leadership by plan: `switchover LEADER CANDIDATE`. */
export const SWITCHOVER_PATH = '/etc/patroni/switchover';

const START = '/etc/patroni/start';
const GUARD = '/etc/patroni/replica-guard';
const ENSURE_DATABASES = '/etc/patroni/ensure-databases';
const PASSWORDS = {
  PATRONI_REPLICATION_PASSWORD: 'password:patroni-replication',
  PATRONI_REWIND_PASSWORD: 'password:patroni-rewind',
  PATRONI_RESTAPI_PASSWORD: PATRONI.password,
  PATRONI_ETCD3_PASSWORD: ETCD_PATRONI.password,
} as const;
/** Patroni's interface on a database host, reached by `curl --config ${PATRONI.curl}` from each of them. */
export const patroniUrl = (host: string): string => `https://${host}:${PORT.patroni}`;

/**
 * Lease and loop, seconds. Patroni's least TTL is 20 and it wants loop + 2 · retry ≤ TTL; a short loop keeps the lease fresh, so that
 * a dead leader is missed nearly a whole TTL after its last sign of life and not sooner.
 */
const TIMERS = { ttl: 20, loop_wait: 1, retry_timeout: 5 } as const;

/** PostgreSQL under Patroni. Who may write is a lease in etcd; every acknowledged write is on all synchronous standbys. */
export const patroni: Program = {
  name: 'patroni',
  packages: ['patroni', 'python3-psycopg2', 'postgresql-15', 'curl'],
  connects: topology => [
    ...machinesOf(topology, 'etcd').map(({ address }) => ({
      to: address.v4,
      protocol: 'tcp' as const,
      port: PORT.etcdClient,
      why: 'keeps its lease',
    })),
    ...machinesOf(topology, 'database').flatMap(({ address }) => [
      { to: address.v4, protocol: 'tcp' as const, port: PORT.postgres, why: 'copies the database' },
      { to: address.v4, protocol: 'tcp' as const, port: PORT.patroni, why: 'asks the other members' },
    ]),
  ],
  render: (topology, machine) => ({
    files: [
      {
        path: PATRONI.config,
        content: stringify(config(topology, machine), { lineWidth: 0, aliasDuplicateObjects: false }),
        owner: 'postgres',
        mode: 0o640,
        onChange: 'reload',
      },
      { path: START, content: startScript(topology, machine), onChange: 'restart' },
      { path: GUARD, content: guard(topology, machine), mode: 0o755, onChange: 'restart' },
      { path: ENSURE_DATABASES, content: ensureDatabases(topology), mode: 0o755, onChange: 'reload' },
      { path: SWITCHOVER_PATH, content: switchover(machine), mode: 0o755, onChange: 'reload' },
      { path: PATRONI.curl, content: curlFile(identityOf('database', machine.name)), onChange: 'reload' },
    ],
    folders: [
      { path: '/var/lib/postgresql/15', owner: 'postgres', mode: 0o700 },
      { path: '/var/log/postgresql', owner: 'postgres', mode: 0o750 },
    ],
    processes: [
      {
        name: 'patroni',
        command: ['sh', START],
        environment: etcdAccess(topology, machine),
        secretEnvironment: PASSWORDS,
        reload: { command: ['sh', '-c', `sv hup patroni && chpst -u postgres ${ENSURE_DATABASES} on_reload`] },
      },
      { name: 'replica-guard', command: [GUARD], user: 'postgres' },
    ],
    secrets: [
      ...Object.values(PASSWORDS).map(name => ({ name, owner: 'root', onChange: 'restart' as const })),
      ...identitySecrets('database', machine.name, 'postgres', 'reload'),
      { name: revokedOf('database'), owner: 'postgres', onChange: 'reload' },
      ...statefulSystems(topology).map(system => ({ name: accountOf(system).password, owner: 'postgres', onChange: 'reload' as const })),
    ],
  }),
};

/** The way to etcd: beside a section of it in the file Patroni takes no password from the environment. */
function etcdAccess(topology: Topology, machine: Machine): Readonly<Record<string, string>> {
  const { authority, certificate, key } = identityOf('database', machine.name);
  return {
    PATRONI_ETCD3_HOSTS: etcdClients(topology).join(','),
    PATRONI_ETCD3_PROTOCOL: 'https',
    PATRONI_ETCD3_USERNAME: ETCD_PATRONI.user,
    PATRONI_ETCD3_CACERT: authority,
    PATRONI_ETCD3_CERT: certificate,
    PATRONI_ETCD3_KEY: key,
  };
}

function config(topology: Topology, machine: Machine): object {
  const access = accessRules(topology);
  const identity = identityOf('database', machine.name);
  const connection = {
    sslmode: 'verify-full',
    sslrootcert: identity.authority,
    sslcert: identity.certificate,
    sslkey: identity.key,
    sslcrl: secretFile(revokedOf('database')),
  };
  return {
    scope: PATRONI.cluster,
    name: machine.name,
    restapi: {
      listen: `${machine.address.v4}:${PORT.patroni}`,
      connect_address: `${machine.name}:${PORT.patroni}`,
      authentication: { username: PATRONI.user },
      certfile: identity.certificate,
      keyfile: identity.key,
      cafile: identity.authority,
      verify_client: 'required',
    },
    // As whom it asks the other members.
    ctl: { certfile: identity.certificate, keyfile: identity.key, cacert: identity.authority },
    ...(machine.name === databaseFounder(topology)?.name ? { bootstrap: foundation(access) } : {}),
    postgresql: {
      listen: `${machine.address.v4}:${PORT.postgres}`,
      connect_address: `${machine.name}:${PORT.postgres}`,
      use_unix_socket: true,
      use_unix_socket_repl: true,
      data_dir: DATA_FOLDER,
      bin_dir: '/usr/lib/postgresql/15/bin',
      pgpass: '/var/lib/postgresql/.pgpass',
      authentication: {
        superuser: { username: 'postgres' },
        replication: { username: 'replicator', ...connection },
        rewind: { username: 'rewind', ...connection },
      },
      callbacks: { on_start: ENSURE_DATABASES, on_role_change: ENSURE_DATABASES },
      create_replica_methods: ['basebackup'],
      basebackup: [{ checkpoint: 'fast' }],
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      pg_hba: access,
      parameters: {
        unix_socket_directories: '/run/postgresql',
        ssl: 'on',
        ssl_min_protocol_version: 'TLSv1.3',
        ssl_ca_file: identity.authority,
        ssl_cert_file: identity.certificate,
        ssl_key_file: identity.key,
        ssl_crl_file: secretFile(revokedOf('database')),
      },
    },
  };
}

/** How the cluster is founded. `postgresql.pg_hba` overrides its `pg_hba`, but without one here --validate-config refuses the file. */
const foundation = (access: readonly string[]): object => ({
  dcs: DCS,
  initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
  pg_hba: access,
});

// The superuser comes by the socket only. From other hosts: over TLS only, the cluster's own with a certificate of the city besides
// their password, and each system to its own database.
function accessRules(topology: Topology): readonly string[] {
  const lans = topology.plan.lansSpan().v4;
  return [
    'local all postgres peer',
    'local replication replicator scram-sha-256',
    `hostssl replication replicator ${lans} scram-sha-256 clientcert=verify-ca`,
    `hostssl postgres rewind ${lans} scram-sha-256 clientcert=verify-ca`,
    ...statefulSystems(topology).map(system => {
      const { database, user } = accountOf(system);
      return `hostssl ${database} ${user} ${lans} scram-sha-256`;
    }),
  ];
}

// Not strict: the one host left after a site loss must accept writes. Two synchronous standbys: one of them is at the other site.
// No failsafe mode: a primary cut off from etcd must stop writing.
const DCS = {
  ...TIMERS,
  maximum_lag_on_failover: 1_048_576,
  synchronous_mode: true,
  synchronous_mode_strict: false,
  synchronous_node_count: 2,
  primary_start_timeout: 10,
  primary_stop_timeout: 10,
  postgresql: {
    use_pg_rewind: true,
    use_slots: true,
    parameters: {
      wal_level: 'replica',
      hot_standby: 'on',
      max_connections: 200,
      max_wal_senders: 10,
      max_replication_slots: 10,
      max_locks_per_transaction: 64,
      max_worker_processes: 8,
      wal_log_hints: 'on',
      wal_keep_size: '256MB',
      wal_sender_timeout: '5s',
      wal_receiver_timeout: '5s',
      // After a switchover nothing is acknowledged until the copies have found the new writer: five seconds by default.
      wal_retrieve_retry_interval: '500ms',
      shared_buffers: '64MB',
      jit: 'off',
      archive_mode: 'on',
      archive_command: ARCHIVE_PUSH,
      archive_timeout: '60s',
      restore_command: `pgbackrest --stanza=${STANZA} archive-get %f "%p"`,
      log_destination: 'stderr',
      logging_collector: 'off',
    },
  },
} as const;
