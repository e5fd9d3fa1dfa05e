/** The scripts of a database host: what Patroni leaves to others. */

import { secretFile } from '../host.js';
import { PORT } from '../ports.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';
import { accountOf, statefulSystems } from './canary.js';
import { ETCD_PATRONI, etcdClients } from './etcd.js';
import { DATA_FOLDER } from './pgbackrest.js';

/** Names that scripts and configuration share. */
export const PATRONI = {
  /** The cluster's name in etcd: permanent, whatever the city is called. */
  cluster: 'city',
  config: '/etc/patroni/patroni.yml',
  /** What curl on a database host needs to ask etcd and Patroni: `curl --config FILE`. */
  curl: '/etc/patroni/curl',
  /** Who may change something by its interface. */
  user: 'citydc',
  password: 'password:patroni-api',
} as const;

/** The one host that may found the cluster: the first of the primary. The others wait for it; without it there is no race to win. */
export const databaseFounder = (topology: Topology): Machine | undefined =>
  machinesOf(topology, 'database').find(({ node }) => node.kind === 'site' && node.role === 'primary');

/**
 * Starts Patroni when it has something to do, because it sleeps long when it has not: five seconds without etcd, ten seconds
 * (its loop before the cluster's own settings exist) for a first copy without a leader.
 */
export const startScript = (topology: Topology, { name, address }: Machine): string => `#!/bin/sh
set -u
install -d -o postgres -g postgres /run/postgresql
export HOME=/var/lib/postgresql
# What is sent goes by the input: others on the host can read a command's words.
etcd() {
  for client in ${etcdClients(topology).join(' ')}; do
    printf '%s' "$2" | curl -sf -m 2 -K ${PATRONI.curl} "https://$client/v3/$1" -H "Authorization: \${token:-}" -d @- && return
  done
  false
}
# A write that needs the quorum, and the users: etcd obeys everybody with a certificate before it has them.
enter() { token=$(etcd auth/authenticate "{\\"name\\": \\"${ETCD_PATRONI.user}\\", \\"password\\": \\"$PATRONI_ETCD3_PASSWORD\\"}" | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p') && [ -n "$token" ]; }
# The answer holds the value of a key that is there. Keys are base64.
there() {
  answer=$(etcd kv/range "{\\"key\\": \\"$1\\"}") || { enter; return 1; }
  case $answer in *'"kvs"'*) ;; *) return 1 ;; esac
}
# Until its members have agreed on a version, Patroni takes etcd for absent.
decided() {
  for client in ${etcdClients(topology).join(' ')}; do
    curl -sf -m 2 -K ${PATRONI.curl} "https://$client/version" | grep -q '"etcdcluster":"[0-9]' && return
  done
  false
}
token=
until decided && enter; do sleep 0.5; done
${
  name === databaseFounder(topology)?.name
    ? ''
    : `if [ ! -e ${DATA_FOLDER}/PG_VERSION ]; then
  until there ${Buffer.from(`/service/${PATRONI.cluster}/leader`).toString('base64')}; do sleep 0.5; done
fi
`
}echo 'etcd answers, starting Patroni on ${address.v4}'
exec chpst -u postgres /usr/bin/patroni ${PATRONI.config}
`;

/**
 * Two things that Patroni 3.0 leaves to a person.
 *
 * A copy that has replayed more of a lost site's log than the new writer ever had can never follow it, and Patroni compares the two
 * only when it starts the copy: so it is stopped, and Patroni then rewinds it. And a rewound copy of an idle writer waits for one more
 * record to be consistent: so a writer that misses copies writes one.
 */
export const guard = (topology: Topology, { name }: Machine): string => {
  const others = machinesOf(topology, 'database').filter(machine => machine.name !== name);
  return `#!/bin/sh
set -u
export PGCONNECT_TIMEOUT=2
ask() { psql -XAtq -F , -c "$1" postgres 2> /dev/null; }
writer_elsewhere() {
  for host in ${others.map(other => other.name).join(' ')}; do
    [ "$(curl -s -m 1 -K ${PATRONI.curl} -o /dev/null -w '%{http_code}' -X OPTIONS "https://$host:${PORT.patroni}/primary")" = 200 ] && return 0
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

/** Runs wherever a writer starts (Patroni's callbacks) and when the inventory changes: every stateful system has its role and database. */
export function ensureDatabases(topology: Topology): string {
  const accounts = statefulSystems(topology).map(accountOf);
  return `#!/bin/sh
# Called by Patroni as: ensure-databases ACTION ROLE CLUSTER. Only a writer may create; elsewhere there is nothing to do.
set -eu
writes() { [ "$(psql -XAtqc 'select pg_is_in_recovery()' postgres)" = f ]; }
writes || exit 0
# A city that is being founded makes its copies first: what is created afterwards is cheaper than what has to be copied.
founding() { [ "$(psql -XAtqc "select count(*) from pg_database where datname in (${accounts.map(({ database }) => `'${database}'`).join(', ')})" postgres)" = 0 ]; }
copies() { psql -XAtqc "select count(*) from pg_stat_replication where state = 'streaming'" postgres; }
waited=0
while founding && [ $waited -lt 60 ] && [ "$(copies)" -lt ${machinesOf(topology, 'database').length - 1} ]; do
  sleep 0.5
  waited=$((waited + 1))
done
account() { # ROLE DATABASE SECRET
  psql -XAtq -v ON_ERROR_STOP=1 -v role="$1" -v database="$2" -v file="$3" postgres <<'SQL'
\\set password \`cat :'file'\`
select format('create role %I login', :'role') where not exists (select from pg_roles where rolname = :'role') \\gexec
alter role :"role" password :'password';
select format('create database %I owner %I strategy file_copy', :'database', :'role')
  where not exists (select from pg_database where datname = :'database') \\gexec
select format('revoke connect, temporary on database %I from public', :'database') \\gexec
SQL
}
${accounts.map(({ user, database, password }) => `account ${user} ${database} ${secretFile(password)}`).join('\n')}
`;
}

export const switchover = ({ name }: Machine): string => `#!/bin/sh
# Hands the right to write over by plan: switchover LEADER CANDIDATE
set -eu
printf 'user = "${PATRONI.user}:%s"\\n' "$(cat ${secretFile(PATRONI.password)})" |
  curl -sS --max-time 30 -K - -H 'content-type: application/json' \\
  -d "{\\"leader\\": \\"$1\\", \\"candidate\\": \\"$2\\"}" -K ${PATRONI.curl} https://${name}:${PORT.patroni}/switchover
`;
