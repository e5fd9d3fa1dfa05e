import { type SecretName, secretFile } from '../host.js';
import { curlFile, identityOf, identitySecrets } from '../identity.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

/** Where a database host keeps its cluster. */
export const DATA_FOLDER = '/var/lib/postgresql/15/city';
export const STANZA = 'city';
export const ARCHIVE_PUSH = `pgbackrest --stanza=${STANZA} archive-push "%p"`;

const CONFIG = '/etc/pgbackrest/pgbackrest.conf';
const REPOSITORY = '/var/lib/pgbackrest';
const BACKUP_LOOP = '/etc/pgbackrest/backup-loop';
const SERVE = '/etc/pgbackrest/serve';
const SPOOL = '/var/spool/pgbackrest';
const CURL = '/etc/pgbackrest/curl';
/** pgBackRest knows no revocation list: the revoked are known by the names in their certificates. */
const NAMES: SecretName = 'names:pgbackrest';

/** Continuous archiving to the repository at the backup site, over mutual TLS. The same program on both sides. */
export const pgbackrest: Program = {
  name: 'pgbackrest',
  packages: ['pgbackrest'],
  connects: (topology, machine) =>
    machinesOf(topology, isRepository(machine) ? 'database' : 'repository').map(({ address }) => ({
      to: address.v4,
      protocol: 'tcp',
      port: PORT.pgbackrest,
      why: isRepository(machine) ? 'fetches backups' : 'archives the log',
    })),
  render: (topology, machine) => ({
    files: [
      { path: CONFIG, content: config(topology, machine), owner: 'postgres', mode: 0o640, onChange: 'restart' },
      { path: SERVE, content: serve(peersOf(topology, machine)), mode: 0o755, onChange: 'restart' },
      ...(isRepository(machine)
        ? [
            { path: BACKUP_LOOP, content: loop(machinesOf(topology, 'database')), mode: 0o755, onChange: 'restart' as const },
            { path: CURL, content: curlFile(identityOf('pgbackrest', machine.name)), onChange: 'restart' as const },
          ]
        : []),
    ],
    folders: [REPOSITORY, SPOOL, '/var/log/pgbackrest'].map(path => ({ path, owner: 'postgres', mode: 0o750 })),
    processes: [
      // What it is in the middle of is tried again by the other end; the loop of the repository need not start anew.
      {
        name: 'pgbackrest',
        command: [SERVE],
        user: 'postgres',
        reload: { command: ['sv', '-w', '30', 'force-restart', '/etc/service/pgbackrest'] },
      },
      ...(isRepository(machine) ? [{ name: 'backups', command: ['nice', '-n', '10', BACKUP_LOOP], user: 'postgres' }] : []),
    ],
    secrets: [...identitySecrets('pgbackrest', machine.name, 'postgres', 'reload'), { name: NAMES, owner: 'postgres', onChange: 'reload' }],
  }),
};

const isRepository = ({ role }: Machine): boolean => role === 'repository';

function config(topology: Topology, machine: Machine): string {
  const [repository] = machinesOf(topology, 'repository');
  const databases = machinesOf(topology, 'database');
  const lines = isRepository(machine) ? repositoryLines(databases, machine) : databaseLines(repository, machine);
  return `${['[global]', 'log-level-console=warn', 'log-level-file=off', 'process-max=1', 'compress-type=lz4', 'io-timeout=10', 'protocol-timeout=31', 'db-timeout=30', ...serverLines(machine), ...lines].join('\n')}\n`;
}

const peersOf = (topology: Topology, machine: Machine): readonly Machine[] =>
  isRepository(machine) ? machinesOf(topology, 'database') : machinesOf(topology, 'repository').slice(0, 1);

const serverLines = (machine: Machine): readonly string[] => [
  'tls-server-address=*',
  `tls-server-port=${PORT.pgbackrest}`,
  ...tls('tls-server', machine.name),
];

/** A host's certificate has its name, unless `names:` says which other one it has since a revocation, or `-`: none. */
const serve = (clients: readonly Machine[]): string => `#!/bin/sh
set -eu
config=${SPOOL}/server.conf
{
  cat ${CONFIG}
  echo '[global:server]'
  for host in ${clients.map(({ name }) => name).join(' ')}; do
    name=$(awk -v host="$host" '$1 == host { print $2 }' ${secretFile(NAMES)})
    [ "$name" = - ] || echo "tls-server-auth=\${name:-$host}=${STANZA}"
  done
  # The server does not start without a client.
  echo 'tls-server-auth=none.invalid=${STANZA}'
} > "$config"
exec pgbackrest --config="$config" server
`;

function tls(prefix: string, host: string): readonly string[] {
  const { authority, certificate, key } = identityOf('pgbackrest', host);
  return [`${prefix}-ca-file=${authority}`, `${prefix}-cert-file=${certificate}`, `${prefix}-key-file=${key}`];
}

/** How one side reaches another: `repo1` or `pg2`. */
const reach = (prefix: string, to: Machine, from: Machine): readonly string[] => [
  `${prefix}-host=${to.name}`,
  `${prefix}-host-type=tls`,
  `${prefix}-host-port=${PORT.pgbackrest}`,
  ...tls(`${prefix}-host`, from.name),
];

const databaseLines = (repository: Machine | undefined, machine: Machine): readonly string[] => [
  ...(repository === undefined ? [] : reach('repo1', repository, machine)),
  `[${STANZA}]`,
  `pg1-path=${DATA_FOLDER}`,
  'pg1-socket-path=/run/postgresql',
];

const repositoryLines = (databases: readonly Machine[], machine: Machine): readonly string[] => [
  `repo1-path=${REPOSITORY}`,
  'repo1-retention-full=2',
  'start-fast=y',
  `[${STANZA}]`,
  ...databases.flatMap((host, index) => [
    ...reach(`pg${index + 1}`, host, machine),
    `pg${index + 1}-path=${DATA_FOLDER}`,
    `pg${index + 1}-socket-path=/run/postgresql`,
  ]),
];

// The stanza can only be made once the cluster has a writer, and asking Patroni for it is far cheaper than trying. The first backup
// leaves the founding city time to make its copies; from then on a full one a week and a difference a day.
const loop = (databases: readonly Machine[]): string => `#!/bin/sh
set -u
run() { pgbackrest --stanza=${STANZA} "$@"; }
writer() {
  for host in ${databases.map(({ name }) => name).join(' ')}; do
    [ "$(curl -s -m 1 -o /dev/null -w '%{http_code}' -K ${CURL} -X OPTIONS "https://$host:${PORT.patroni}/primary")" = 200 ] && return
  done
  false
}
until writer; do sleep 0.5; done
until run stanza-create; do sleep 1; done
sleep 60
until run --type=full backup; do sleep 10; done
day=0
while sleep 86400; do
  day=$((day + 1))
  if [ $((day % 7)) = 0 ]; then run --type=full backup; else run --type=diff backup; fi
done
`;
