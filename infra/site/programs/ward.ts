import { PUSH_SECONDS } from '../../../agents/contract/cadence.js';
import type { WardConfiguration } from '../../../agents/contract/ward.js';
import { bundlePath, NODE } from '../host.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';
import { firstAddress } from './network.js';

const CONFIG = '/etc/citydc/ward.json';
const STATE_FOLDER = '/var/lib/citydc/ward';
const EXTERNAL_PORT = 443;
/** Each is a whole request to an application: half as often as the path, which finds a lost line first. */
const SYSTEMS_SECONDS = 30;
/** A technician is sent in hours, and a round asks every device. */
const EQUIPMENT_SECONDS = 300;
/** At night, when devices are idle; in the city's time zone. */
const INVENTORY_AT = '30 1 * * *';
/** Fewer threads, measured: 0.4 MB less. Flags that change what V8 compiles (--lite-mode, --max-semi-space-size) make it refuse Node's own code cache: a start costs a quarter more. */
const LEAN = ['--v8-pool-size=0', '--single-threaded-gc'];

/** The agent of an office: what its people experience, and what of its equipment works. */
export const ward: Program = {
  name: 'ward',
  packages: ['libstdc++6'],
  connects: (topology, machine) => {
    const { sites, systems, targets } = configOf(topology, machine);
    return [
      ...sites.flatMap(({ push, reflector }) => [
        { to: reflector.address, protocol: 'tcp' as const, port: Number(new URL(push).port), why: 'pushes its samples' },
        { to: reflector.address, protocol: 'udp' as const, port: reflector.port, why: 'measures its path' },
      ]),
      ...systems.map(({ system, address, port }) => ({ to: address, protocol: 'tcp' as const, port, why: `asks ${system} as staff do` })),
      ...targets.map(({ target, address, port }) => ({
        to: address,
        protocol: 'tcp' as const,
        port,
        ...(target === 'internet' ? { over: 'internet-line' as const } : {}),
        why: `sees whether it reaches what is ${target}`,
      })),
    ];
  },
  render: (topology, machine) => ({
    files: [{ path: CONFIG, content: `${JSON.stringify(configOf(topology, machine), undefined, 2)}\n`, onChange: 'reload' }],
    folders: [{ path: STATE_FOLDER, owner: 'nobody', mode: 0o755 }],
    processes: [
      {
        name: 'ward',
        user: 'nobody',
        command: [NODE, ...LEAN, bundlePath('ward'), CONFIG, STATE_FOLDER],
        bundles: ['ward', 'ward-equipment'],
        ...networkIsThere(topology),
        reload: { signal: 'HUP' },
      },
    ],
  }),
};

/** All systems are announced by the nearest site: the first one's address will do. */
const networkIsThere = ({ city, plan }: Topology) =>
  city.systems.slice(0, 1).map(({ number }) => ({ startsAfter: plan.service(number).v4 }))[0];

function configOf(topology: Topology, { name, node, address }: Machine) {
  if (node.kind !== 'endpoint') throw new Error('the ward agent runs in an office');
  const { city, plan } = topology;
  return {
    schema: 1,
    endpoint: name,
    source: address.v4,
    metricsPort: PORT.wardMetrics,
    stateFolder: STATE_FOLDER,
    timeZone: city.timeZone,
    sites: machinesOf(topology, 'monitor').map(monitor => ({
      site: `s${monitor.node.number}`,
      push: `http://${monitor.address.v4}:${PORT.prometheus}/api/v1/write`,
      reflector: { address: monitor.address.v4, port: PORT.reflector },
    })),
    systems: city.systems.map(({ key, number, port }) => ({ system: key, address: plan.service(number).v4, port })),
    targets: targetsOf(topology, node.number),
    intervals: {
      pathSeconds: PUSH_SECONDS,
      systemsSeconds: SYSTEMS_SECONDS,
      equipmentSeconds: EQUIPMENT_SECONDS,
      pushSeconds: PUSH_SECONDS,
    },
    inventoryAt: INVENTORY_AT,
    expected: { scanner: node.equipment.scanners, printer: node.equipment.printers },
  } satisfies WardConfiguration;
}

/** The Internet is a target of offices that have a line of their own there. */
function targetsOf({ city, linksAt }: Topology, endpoint: Machine['node']['number']) {
  const online = (linksAt.get(endpoint) ?? []).some(({ kind }) => kind === 'internet');
  return city.externals
    .filter(({ role }) => role === 'national' || online)
    .map(({ role, prefixes }) => ({ target: role, address: firstAddress(prefixes[0] ?? ''), port: EXTERNAL_PORT }));
}
