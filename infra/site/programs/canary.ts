import type { CanaryServerConfiguration } from '../../../agents/contract/canary.js';
import type { System } from '../../city/model.js';
import { bundlePath, NODE, type SecretName, secretFile } from '../host.js';
import { appPort, PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const CONFIG = '/etc/citydc/canary-server.json';
const WRITER_AUTHORITY: SecretName = 'authority:database';

/** A system's own database, the one role that owns it, and that role's password. */
export interface DatabaseAccount {
  readonly database: string;
  readonly user: string;
  readonly password: SecretName;
}
export function accountOf(system: Pick<System, 'key' | 'number'>): DatabaseAccount {
  const database = databaseOf(system);
  return { database, user: database, password: `password:database-${system.number}` };
}

/** The name of a system's database, where it keeps state. */
export const databaseOf = ({ key }: Pick<System, 'key'>): string => key.replaceAll('-', '_');

/** The systems that keep state, by number. */
export const statefulSystems = ({ city }: Topology): readonly System[] => city.systems.filter(({ state }) => state === 'database');

const passwordVariable = ({ number }: System): string => `PGPASSWORD_${number}`;

/** One application a shared system, each on its own port: they stand in for the city's proprietary ones. */
export const canary: Program = {
  name: 'canary',
  packages: ['libstdc++6'],
  connects: (topology, machine) =>
    statefulSystems(topology).length > 0
      ? machinesOf(topology, 'edge', machine.node.number)
          .slice(0, 1)
          .map(({ address }) => ({ to: address.v4, protocol: 'tcp', port: PORT.writer, why: 'connects to the database that may write' }))
      : [],
  render: (topology, machine) => ({
    files: [{ path: CONFIG, content: `${JSON.stringify(configOf(topology, machine), undefined, 2)}\n`, onChange: 'restart' }],
    processes: [
      {
        name: 'canary',
        command: [NODE, '--max-semi-space-size=1', bundlePath('canary-server'), CONFIG],
        user: 'nobody',
        bundles: ['canary-server'],
        secretEnvironment: Object.fromEntries(
          statefulSystems(topology).map(system => [passwordVariable(system), accountOf(system).password]),
        ),
      },
    ],
    secrets: [
      { name: WRITER_AUTHORITY, owner: 'nobody', onChange: 'restart' },
      ...statefulSystems(topology).map(system => ({ name: accountOf(system).password, owner: 'root', onChange: 'restart' as const })),
    ],
  }),
};

/** The canary's client needs nothing but its runtime in every office. */
export const canaryClient: Program = {
  name: 'canary-client',
  packages: ['libstdc++6'],
  // Drills run it, as staff do their work: the flows of people are its.
  connects: () => [],
  render: () => ({ folders: [{ path: '/var/lib/citydc/ledger', owner: 'root', mode: 0o755 }] }),
};

function loginOf(system: System) {
  const { database, user } = accountOf(system);
  return { name: database, user, passwordVariable: passwordVariable(system) };
}

function configOf(topology: Topology, machine: Machine) {
  const [edge] = machinesOf(topology, 'edge', machine.node.number);
  if (edge === undefined) throw new Error('applications reach the writer by the edge of their site');
  return {
    schema: 1,
    site: `s${machine.node.number}`,
    host: machine.name,
    listen: machine.address.v4,
    systems: topology.city.systems.map(system => ({
      key: system.key,
      number: system.number,
      port: appPort(system.number),
      state: system.state,
      ...(system.state === 'database' ? { database: loginOf(system) } : {}),
    })),
    writer: {
      host: edge.address.v4,
      port: PORT.writer,
      authority: secretFile(WRITER_AUTHORITY),
      hosts: machinesOf(topology, 'database').map(({ name }) => name),
    },
  } satisfies CanaryServerConfiguration;
}
