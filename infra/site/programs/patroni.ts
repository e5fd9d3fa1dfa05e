import { stringify } from 'yaml';
import { secretFile } from '../host.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';
import { CANARY_PASSWORD, CANARY_USER, databaseOf } from './canary.js';
import { etcdClients } from './etcd.js';
import { ARCHIVE_PUSH, DATA_FOLDER, STANZA } from './pgbackrest.js';

/** The cluster's name in etcd: permanent, whatever the city is called. */
const CLUSTER = 'city';
/** Moves the leadership by plan: `switchover LEADER CANDIDATE`. */
export const SWITCHOVER_PATH = '/etc/patroni/switchover';

const CONFIG = '/etc/patroni/patroni.yml';
const START = '/etc/patroni/start';
const GUARD = '/etc/patroni/replica-guard';
const ENSURE_DATABASES = '/etc/patroni/ensure-databases';
const PASSWORDS = {
  PATRONI_SUPERUSER_PASSWORD: 'password:patroni-superuser',
  PATRONI_REPLICATION_PASSWORD: 'password:patroni-replication',
  PATRONI_REWIND_PASSWORD: 'password:patroni-rewind',
  PATRONI_RESTAPI_PASSWORD: 'password:patroni-api',
} as const;
const API_USER = 'citydc';

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
        path: CONFIG,
        content: stringify(config(topology, machine), { lineWidth: 0, aliasDuplicateObjects: false }),
        owner: 'postgres',
        mode: 0o640,
        onChange: 'reload',
      },
      { path: START, content: startScript(topology, machine), onChange: 'restart' },
      { path: GUARD, content: guard(topology, machine), mode: 0o755, onChange: 'restart' },
      { path: ENSURE_DATABASES, content: ensureDatabases(topology), mode: 0o755, onChange: 'reload' },
      { path: SWITCHOVER_PATH, content: switchover(machine), mode: 0o755, onChange: 'reload' },
    ],
    folders: [
      { path: '/var/lib/postgresql/15', owner: 'postgres', mode: 0o700 },
      { path: '/var/log/postgresql', owner: 'postgres', mode: 0o750 },
    ],
    processes: [
      {
        name: 'patroni',
        command: ['sh', START],
        secretEnvironment: PASSWORDS,
        reload: { command: ['sh', '-c', `sv hup patroni && chpst -u postgres ${ENSURE_DATABASES} on_reload`] },
      },
      { name: 'replica-guard', command: [GUARD], user: 'postgres' },
    ],
    secrets: [
      ...Object.values(PASSWORDS).map(name => ({ name, owner: 'root', onChange: 'restart' as const })),
      { name: CANARY_PASSWORD, owner: 'postgres', onChange: 'reload' },
    ],
  }),
};

/** The one host that may found the cluster: the first of the primary. The others wait for it; without it there is no race to win. */
const founder = (topology: Topology): Machine | undefined =>
  machinesOf(topology, 'database').find(({ node }) => node.kind === 'site' && node.role === 'primary');

function config(topology: Topology, machine: Machine): object {
  const access = accessRules(topology.plan.lansSpan().v4);
  return {
    scope: CLUSTER,
    name: machine.name,
    restapi: {
      listen: `${machine.address.v4}:${PORT.patroni}`,
      connect_address: `${machine.address.v4}:${PORT.patroni}`,
      authentication: { username: API_USER },
    },
    etcd3: { hosts: etcdClients(topology) },
    ...(machine.name === founder(topology)?.name ? { bootstrap: foundation(access) } : {}),
    postgresql: {
      listen: `${machine.address.v4},127.0.0.1:${PORT.postgres}`,
      connect_address: `${machine.address.v4}:${PORT.postgres}`,
      data_dir: DATA_FOLDER,
      bin_dir: '/usr/lib/postgresql/15/bin',
      pgpass: '/var/lib/postgresql/.pgpass',
      authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' }, rewind: { username: 'rewind' } },
      callbacks: { on_start: ENSURE_DATABASES, on_role_change: ENSURE_DATABASES },
      create_replica_methods: ['basebackup'],
      basebackup: [{ checkpoint: 'fast' }],
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      pg_hba: access,
      parameters: { unix_socket_directories: '/run/postgresql' },
    },
  };
}

/** How the cluster is founded. `postgresql.pg_hba` overrides its `pg_hba`, but without one here --validate-config refuses the file. */
const foundation = (access: readonly string[]): object => ({
  dcs: DCS,
  initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
  pg_hba: access,
});

const accessRules = (lans: string): readonly string[] => [
  'local all postgres peer',
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication replicator 127.0.0.1/32 scram-sha-256',
  `host replication replicator ${lans} scram-sha-256`,
  `host all postgres,rewind,replicator ${lans} scram-sha-256`,
  `host all ${CANARY_USER} ${lans} scram-sha-256`,
];

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

/**
 * Starts Patroni when it has something to do, because it sleeps long when it has not: five seconds without etcd, ten seconds
 * (its loop before the cluster's own settings exist) for a first copy without a leader.
 */
const startScript = (topology: Topology, { name, address }: Machine): string => `#!/bin/sh
set -u
install -d -o postgres -g postgres /run/postgresql
export HOME=/var/lib/postgresql
# A read that needs the quorum; its answer holds the value of a key that is there. Keys are base64.
etcd() {
  for client in ${etcdClients(topology).join(' ')}; do
    curl -sf -m 1 "http://$client/v3/kv/range" -d "{\\"key\\": \\"$1\\"}" && return
  done
  false
}
# Until its members have agreed on a version, Patroni takes etcd for absent.
decided() {
  for client in ${etcdClients(topology).join(' ')}; do
    curl -sf -m 1 "http://$client/version" | grep -q '"etcdcluster":"[0-9]' && return
  done
  false
}
until decided && etcd Lw== > /dev/null; do sleep 0.5; done
${
  name === founder(topology)?.name
    ? ''
    : `if [ ! -e ${DATA_FOLDER}/PG_VERSION ]; then
  until etcd ${Buffer.from(`/service/${CLUSTER}/leader`).toString('base64')} | grep -q '"kvs"'; do sleep 0.5; done
fi
`
}echo 'etcd answers, starting Patroni on ${address.v4}'
exec chpst -u postgres /usr/bin/patroni ${CONFIG}
`;

/**
 * Two things that Patroni 3.0 leaves to a person.
 *
 * A copy that has replayed more of a lost site's log than the new writer ever had can never follow it, and Patroni compares the two
 * only when it starts the copy: so it is stopped, and Patroni then rewinds it. And a rewound copy of an idle writer waits for one more
 * record to be consistent: so a writer that misses copies writes one.
 */
const guard = (topology: Topology, { name }: Machine): string => {
  const others = machinesOf(topology, 'database').filter(machine => machine.name !== name);
  return `#!/bin/sh
set -u
export PGCONNECT_TIMEOUT=2
ask() { psql -XAtq -F , -c "$1" postgres 2> /dev/null; }
writer_elsewhere() {
  for address in ${others.map(({ address }) => address.v4).join(' ')}; do
    [ "$(curl -s -m 1 -o /dev/null -w '%{http_code}' -X OPTIONS "http://$address:${PORT.patroni}/primary")" = 200 ] && return 0
  done
  return 1
}
alone=0 last=
while sleep 5; do
  case "$(ask "select pg_is_in_recovery(), (select count(*) from pg_stat_wal_receiver where status = 'streaming'), (select count(*) from pg_stat_replication where state = 'streaming')")" in
    f,*,${others.length}) alone=0 ;;
    f,*) alone=0; ask "select pg_logical_emit_message(false, 'citydc', 'a copy may wait for this')" > /dev/null ;;
    t,0,*)
      now=$(ask 'select pg_last_wal_replay_lsn()')
      if [ "$now" = "$last" ]; then alone=$((alone + 1)); else alone=0 last=$now; fi ;;
    *) alone=0 ;;
  esac
  [ $alone -ge 2 ] && writer_elsewhere || continue
  echo 'this copy has received nothing and replayed nothing for 10 s though there is a writer: stopping it, so that Patroni compares their histories'
  /usr/lib/postgresql/15/bin/pg_ctl stop -s -m fast -D ${DATA_FOLDER}
  alone=0
  sleep 20
done
`;
};

/** Runs wherever a writer starts (Patroni's callbacks) and when the inventory changes: every stateful system has its database. */
function ensureDatabases(topology: Topology): string {
  const stateful = topology.city.systems.filter(({ state }) => state === 'database');
  return `#!/bin/sh
# Called by Patroni as: ensure-databases ACTION ROLE CLUSTER. Only a writer may create; elsewhere there is nothing to do.
set -eu
writes() { [ "$(psql -XAtqc 'select pg_is_in_recovery()' postgres)" = f ]; }
writes || exit 0
# A city that is being founded makes its copies first: what is created afterwards is cheaper than what has to be copied.
founding() { [ "$(psql -XAtqc "select count(*) from pg_roles where rolname = '${CANARY_USER}'" postgres)" = 0 ]; }
copies() { psql -XAtqc "select count(*) from pg_stat_replication where state = 'streaming'" postgres; }
waited=0
while founding && [ $waited -lt 60 ] && [ "$(copies)" -lt ${machinesOf(topology, 'database').length - 1} ]; do
  sleep 0.5
  waited=$((waited + 1))
done
psql -XAtq -v ON_ERROR_STOP=1 -v password="$(cat ${secretFile(CANARY_PASSWORD)})" postgres <<'SQL'
select 'create role ${CANARY_USER} login' where not exists (select from pg_roles where rolname = '${CANARY_USER}') \\gexec
alter role ${CANARY_USER} password :'password';
select format('create database %I owner ${CANARY_USER} strategy file_copy', name)
  from unnest(array[${stateful.map(system => `'${databaseOf(system)}'`).join(', ')}]) as name
  where not exists (select from pg_database where datname = name) \\gexec
SQL
`;
}

const switchover = ({ address }: Machine): string => `#!/bin/sh
# Hands the right to write over by plan: switchover LEADER CANDIDATE
set -eu
exec curl -sS --max-time 30 -u "${API_USER}:$(cat ${secretFile(PASSWORDS.PATRONI_RESTAPI_PASSWORD)})" -H 'content-type: application/json' \\
  -d "{\\"leader\\": \\"$1\\", \\"candidate\\": \\"$2\\"}" http://${address.v4}:${PORT.patroni}/switchover
`;
