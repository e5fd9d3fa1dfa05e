import type { AnnouncerConfiguration } from '../../../agents/contract/announcer.js';
import { bundlePath, NODE } from '../host.js';
import { identityOf, identitySecrets } from '../identity.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const CONFIG = '/etc/citydc/announcer.json';
/** An etcd leader that is lost is replaced within about 1.5 s on these lines (see etcd.ts): twice that, so that an election is no withdrawal. */
const QUORUM_GRACE_SECONDS = 3;

/** Decides on a data-centre site's router which services the site announces, and how. */
export const announcer: Program = {
  name: 'announcer',
  packages: ['libstdc++6'],
  // Edge and etcd of its own site, from their router: no filter is in between.
  connects: () => [],
  render: (topology, machine) => ({
    files: [{ path: CONFIG, content: `${JSON.stringify(configOf(topology, machine), undefined, 2)}\n`, onChange: 'restart' }],
    folders: [{ path: '/var/lib/citydc', owner: 'root', mode: 0o755 }],
    // As root: it writes routes into the kernel.
    processes: [{ name: 'announcer', command: [NODE, bundlePath('announcer'), CONFIG], bundles: ['announcer'] }],
    secrets: identitySecrets('router', machine.name, 'root', 'restart'),
  }),
  lints: [{ command: [NODE, bundlePath('announcer'), '--check', CONFIG] }],
};

function configOf(topology: Topology, { name, node, address }: Machine) {
  if (node.kind !== 'site' || node.role === 'witness') throw new Error('the announcer runs on a data-centre site');
  return {
    schema: 1,
    site: `s${node.number}`,
    role: node.role,
    statePath: '/var/lib/citydc/announcer.json',
    holdDownSeconds: topology.city.failover.holdDownSeconds,
    quorumGraceSeconds: QUORUM_GRACE_SECONDS,
    services: topology.city.systems.map(({ key, number, state }) => ({ system: key, address: topology.plan.service(number), state })),
    edges: machinesOf(topology, 'edge', node.number).map(({ address }) => ({ address, healthPort: PORT.edgeHealth })),
    etcd: machinesOf(topology, 'etcd', node.number).map(member => `https://${member.name}:${PORT.etcdMetrics}`),
    // Its certificate's name is that address: etcd refuses it from the router's others.
    source: address.v4,
    identity: identityOf('router', name),
  } satisfies AnnouncerConfiguration;
}
