import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const FOLDER = '/var/lib/etcd';

/** One member of the city's etcd cluster: who may write is a lease in it. */
export const etcd: Program = {
  name: 'etcd',
  packages: ['etcd-server', 'etcd-client'],
  connects: topology =>
    machinesOf(topology, 'etcd').map(({ address }) => ({
      to: address.v4,
      protocol: 'tcp',
      port: PORT.etcdPeer,
      why: 'is in one cluster with it',
    })),
  render: (topology, machine) => ({
    files: [{ path: '/etc/etcd/etcd.yml', content: config(topology, machine), onChange: 'restart' }],
    folders: [{ path: FOLDER, owner: 'etcd', mode: 0o700 }],
    processes: [{ name: 'etcd', user: 'etcd', takesOver: FOLDER, command: ['/usr/bin/etcd', '--config-file', '/etc/etcd/etcd.yml'] }],
  }),
};

/** All members in the order of their sites, as `address:2379`: callers put the scheme before it. */
export const etcdClients = (topology: Topology): readonly string[] =>
  machinesOf(topology, 'etcd').map(({ address }) => `${address.v4}:${PORT.etcdClient}`);

// A configuration file switches the gRPC gateway off unless it says otherwise (3.4), and Patroni speaks through it.
// Heartbeat and election are etcd's defaults: a lost leader is replaced within about 1.5 s on these lines. A member that returns asks
// first (pre-vote): otherwise its higher term unseats a healthy leader, and the writer with it.
const config = (topology: Topology, { name, address }: Machine): string => `name: ${name}
data-dir: ${FOLDER}
listen-client-urls: http://${address.v4}:${PORT.etcdClient},http://127.0.0.1:${PORT.etcdClient}
advertise-client-urls: http://${address.v4}:${PORT.etcdClient}
listen-peer-urls: http://${address.v4}:${PORT.etcdPeer}
initial-advertise-peer-urls: http://${address.v4}:${PORT.etcdPeer}
initial-cluster-token: ${topology.city.id}
initial-cluster: ${machinesOf(topology, 'etcd')
  .map(member => `${member.name}=http://${member.address.v4}:${PORT.etcdPeer}`)
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
