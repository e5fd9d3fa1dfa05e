import { PEER_TIMEOUT, routing } from '../../../dashboards/routing.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const CONFIG = '/etc/prometheus/alertmanager.yml';

/** The sites' Alertmanagers are one cluster: each cause is notified once, whichever of them is left. */
export const alertmanager: Program = {
  name: 'alertmanager',
  packages: ['prometheus-alertmanager'],
  render: (topology, machine) => ({
    files: [{ path: CONFIG, content: routing(topology.city, `http://127.0.0.1:${PORT.notices}/`), onChange: 'reload' }],
    folders: [{ path: '/var/lib/prometheus/alertmanager', owner: 'prometheus', mode: 0o755 }],
    processes: [{ name: 'alertmanager', user: 'prometheus', command: command(topology, machine), reload: { signal: 'HUP' } }],
  }),
  lints: [{ command: ['amtool', 'check-config', CONFIG] }],
};

const command = (topology: Topology, machine: Machine): readonly string[] => [
  '/usr/bin/prometheus-alertmanager',
  `--config.file=${CONFIG}`,
  '--storage.path=/var/lib/prometheus/alertmanager',
  `--cluster.listen-address=${machine.address.v4}:${PORT.alertmanagerCluster}`,
  ...machinesOf(topology, 'monitor')
    .filter(({ name }) => name !== machine.name)
    .map(({ address }) => `--cluster.peer=${address.v4}:${PORT.alertmanagerCluster}`),
  `--cluster.peer-timeout=${PEER_TIMEOUT}`,
  '--log.level=warn',
];
