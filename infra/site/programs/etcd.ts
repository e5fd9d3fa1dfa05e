import { type SecretName, secretFile } from '../host.js';
import { curlFile, type IdentityPaths, identityOf, identitySecrets } from '../identity.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const FOLDER = '/var/lib/etcd';
const CONFIG = '/etc/etcd/etcd.yml';
const ACCESS = '/etc/etcd/access';
/** What `etcdctl` on a member's host needs: `. FILE`. */
export const ETCDCTL_FILE = '/etc/etcd/etcdctl';
/** What curl on a member's host needs. */
export const ETCD_CURL_FILE = '/etc/etcd/curl';

const ROOT_PASSWORD: SecretName = 'password:etcd-root';
export const ETCD_PATRONI = { user: 'patroni', password: 'password:etcd-patroni', keys: '/service/city/' } as const;

/** One member of the city's etcd cluster: who may write is a lease in it. Every line is encrypted, both ends prove who they are. */
export const etcd: Program = {
  name: 'etcd',
  packages: ['etcd-server', 'etcd-client', 'curl'],
  connects: topology =>
    machinesOf(topology, 'etcd').map(({ address }) => ({
      to: address.v4,
      protocol: 'tcp',
      port: PORT.etcdPeer,
      why: 'is in one cluster with it',
    })),
  render: (topology, machine) => {
    const identity = identityOf('etcd', machine.name);
    const keeps = machine.name === accessKeeper(topology)?.name;
    return {
      files: [
        { path: CONFIG, content: config(topology, machine, identity), onChange: 'restart' },
        { path: ETCDCTL_FILE, content: etcdctlFile(topology, identity), onChange: 'restart' },
        { path: ETCD_CURL_FILE, content: curlFile(identity), onChange: 'restart' },
        ...(keeps ? [{ path: ACCESS, content: ACCESS_SCRIPT, mode: 0o755, onChange: 'restart' as const }] : []),
      ],
      folders: [{ path: FOLDER, owner: 'etcd', mode: 0o700 }],
      processes: [
        // It reads its certificate with every connection.
        {
          name: 'etcd',
          command: ['/usr/bin/etcd', '--config-file', CONFIG],
          user: 'etcd',
          takesOver: FOLDER,
          reload: { command: ['true'] },
        },
        ...(keeps ? [{ name: 'etcd-access', command: [ACCESS], user: 'etcd' }] : []),
      ],
      secrets: [
        ...identitySecrets('etcd', machine.name, 'etcd', 'reload', 'restart'),
        ...(keeps ? [ROOT_PASSWORD, ETCD_PATRONI.password].map(name => ({ name, owner: 'etcd', onChange: 'restart' }) as const) : []),
      ],
    };
  },
};

/** All members in the order of their sites, as `s1-etcd1:2379`: certificates are checked against names. */
export const etcdClients = (topology: Topology): readonly string[] =>
  machinesOf(topology, 'etcd').map(({ name }) => `${name}:${PORT.etcdClient}`);

/** The one that makes etcd's users; it is the first of the primary's, as the database's founder is. */
const accessKeeper = (topology: Topology): Machine | undefined =>
  machinesOf(topology, 'etcd').find(({ node }) => node.kind === 'site' && node.role === 'primary');

const url = (name: string, port: number): string => `https://${name}:${port}`;

// A configuration file switches the gRPC gateway off unless it says otherwise (3.4), and Patroni speaks through it.
// Heartbeat and election are etcd's defaults: a lost leader is replaced within about 1.5 s on these lines. A member that returns asks
// first (pre-vote): otherwise its higher term unseats a healthy leader, and the writer with it.
const config = (topology: Topology, { name, address }: Machine, identity: IdentityPaths): string => `name: ${name}
data-dir: ${FOLDER}
listen-client-urls: ${url(address.v4, PORT.etcdClient)}
advertise-client-urls: ${url(name, PORT.etcdClient)}
listen-peer-urls: ${url(address.v4, PORT.etcdPeer)}
initial-advertise-peer-urls: ${url(name, PORT.etcdPeer)}
listen-metrics-urls: ${url(address.v4, PORT.etcdMetrics)}
client-transport-security:
${transport(identity)}
peer-transport-security:
${transport(identity)}
initial-cluster-token: ${topology.city.id}
initial-cluster: ${machinesOf(topology, 'etcd')
  .map(member => `${member.name}=${url(member.name, PORT.etcdPeer)}`)
  .join(',')}
initial-cluster-state: new
heartbeat-interval: 100
election-timeout: 1000
pre-vote: true
enable-grpc-gateway: true
auto-compaction-mode: periodic
auto-compaction-retention: 1h
logger: zap
log-level: warn
`;

const transport = ({ authority, certificate, key }: IdentityPaths): string => `  client-cert-auth: true
  trusted-ca-file: ${authority}
  cert-file: ${certificate}
  key-file: ${key}`;

const etcdctlFile = (topology: Topology, { authority, certificate, key }: IdentityPaths): string => `export ETCDCTL_API=3
export ETCDCTL_ENDPOINTS=${etcdClients(topology)
  .map(client => `https://${client}`)
  .join(',')}
export ETCDCTL_CACERT=${authority} ETCDCTL_CERT=${certificate} ETCDCTL_KEY=${key}
`;

// A certificate lets a host in; what it may do there is its user's. Before its users are there etcd obeys everybody with a certificate:
// Patroni asks with its password, and so does not start before. The passwords are set at every start, as the store of secrets has them.
const ACCESS_SCRIPT = `#!/bin/sh
# Makes etcd's users, their roles and their passwords, and closes it to everybody else.
set -u
. ${ETCDCTL_FILE}
export ETCDCTL_USER="root:$(cat ${secretFile(ROOT_PASSWORD)})"
ask() { etcdctl --command-timeout=5s "$@"; }
has() { ask "$@" > /dev/null 2>&1; }
# A user's password comes by its input: others on the host can read a command's words.
user() {
  if has user get "$1"; then set -- passwd "$@"; else set -- add "$@"; fi
  ask user "$1" "$2" --interactive=false < "$3"
}
access() {
  user root ${secretFile(ROOT_PASSWORD)} &&
    ask user grant-role root root &&
    user ${ETCD_PATRONI.user} ${secretFile(ETCD_PATRONI.password)} &&
    { has role get ${ETCD_PATRONI.user} || ask role add ${ETCD_PATRONI.user}; } &&
    ask role grant-permission --prefix=true ${ETCD_PATRONI.user} readwrite ${ETCD_PATRONI.keys} &&
    ask user grant-role ${ETCD_PATRONI.user} ${ETCD_PATRONI.user} &&
    ask auth enable
}
until has endpoint health && access > /dev/null; do sleep 0.5; done
echo 'etcd obeys its users only'
exec sleep infinity
`;
