import { stringify } from 'yaml';
import { type Channel, PEER_TIMEOUT, routing } from '../../../dashboards/routing.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const CONFIG = '/etc/prometheus/alertmanager.yml';

/** The log of notices on the same host. */
const NOTICES: Channel = { webhook_configs: [{ url: `http://127.0.0.1:${PORT.notices}/`, send_resolved: true }] };

/** The sites' Alertmanagers are one cluster: each cause is notified once, whichever of them is left. */
export const alertmanager: Program = alertmanagerWith({ channel: NOTICES });

/**
 * The same for another target.
 *
 * @param listen the address that the other site's Alertmanager connects to; the host's own unless given
 */
export function alertmanagerWith({ channel, listen }: { readonly channel: Channel; readonly listen?: string }): Program {
  return {
    name: 'alertmanager',
    packages: ['prometheus-alertmanager'],
    connects: topology =>
      machinesOf(topology, 'monitor').flatMap(({ address }) =>
        (['tcp', 'udp'] as const).map(protocol => ({
          to: address.v4,
          protocol,
          port: PORT.alertmanagerCluster,
          why: 'is in one cluster with it',
        })),
      ),
    render: (topology, machine) => ({
      files: [
        {
          path: CONFIG,
          content: stringify(routing(topology.city, channel), { lineWidth: 0, aliasDuplicateObjects: false }),
          onChange: 'reload',
        },
      ],
      folders: [{ path: '/var/lib/prometheus/alertmanager', owner: 'prometheus', mode: 0o755 }],
      processes: [
        {
          name: 'alertmanager',
          user: 'prometheus',
          command: command(topology, machine, listen ?? machine.address.v4),
          reload: { signal: 'HUP' },
        },
      ],
    }),
    lints: [{ command: ['amtool', 'check-config', CONFIG] }],
  };
}

const command = (topology: Topology, machine: Machine, listen: string): readonly string[] => [
  '/usr/bin/prometheus-alertmanager',
  `--config.file=${CONFIG}`,
  '--storage.path=/var/lib/prometheus/alertmanager',
  `--cluster.listen-address=${listen}:${PORT.alertmanagerCluster}`,
  ...machinesOf(topology, 'monitor')
    .filter(({ name }) => name !== machine.name)
    .map(({ address }) => `--cluster.peer=${address.v4}:${PORT.alertmanagerCluster}`),
  `--cluster.peer-timeout=${PEER_TIMEOUT}`,
  '--log.level=warn',
];
