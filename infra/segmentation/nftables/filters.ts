/** Every filter of a city as it is rendered, read back. */

import type { Family } from '../../city/addresses.js';
import { grouped } from '../../city/grouped.js';
import { type ElementNumber, ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../city/identity.js';
import { pathOf } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import { FILTER_PATH, filter } from '../../site/programs/filter.js';
import { programsOf } from '../../site/roles.js';
import { bridgeOf, type Machine, type Topology } from '../../site/topology.js';
import { type Spans, union } from '../sets/spans.js';
import { spansFrom } from '../symmetry/zones.js';
import { type Devices, devicesOf, OFFICE_LAN } from './devices.js';
import { compiler, type Judges } from './evaluate.js';
import { NotUnderstood, parseRuleset } from './parse.js';
import type { FilterChain, FilterRule, Hook, Ruleset } from './ruleset.js';
import { filterAt } from './ruleset.js';

/** The filter of one host. */
export interface HostFilter {
  readonly machine: Machine;
  readonly ruleset: Ruleset;
  /** The devices that it has. */
  readonly devices: Spans;
  /** Its filtering chain at a hook as it meets a family; without one everything is let through. */
  at(family: Family, hook: Hook): Judges | undefined;
}

export interface Filters {
  readonly devices: Devices;
  /** The addresses of every office's segments. */
  readonly offices: ReadonlyMap<ElementNumber, Readonly<Record<Family, Spans>>>;
  /** By the name of the host. */
  readonly hosts: ReadonlyMap<string, HostFilter>;
  /** What could not be read, and what should be there and is not. */
  readonly unread: readonly Problem[];
}

/** The text of every filter, by host. */
export const renderedFilters = (topology: Topology): ReadonlyMap<string, string> =>
  new Map(
    topology.machines
      .filter(machine => programsOf(machine).includes(filter))
      .flatMap(machine => {
        const file = filter.render(topology, machine).files?.find(({ path }) => path === FILTER_PATH);
        return file === undefined ? [] : [[machine.name, file.content]];
      }),
  );

/** Filters read back from their texts. */
export function filtersOf(topology: Topology, texts: ReadonlyMap<string, string>): Filters {
  const known = new Map<string, FilterRule>();
  const read = [...texts].map(([host, text]) => ({ host, ...readOne(text, known) }));
  const devices = devicesOf(topology, [...known.values()].flatMap(deviceNames));
  const compile = compiler(devices);
  const machines = new Map(topology.machines.map(machine => [machine.name, machine]));
  const own = ownDevices(topology, devices);
  const hosts = new Map<string, HostFilter>();
  for (const { host, ruleset } of read) {
    const machine = machines.get(host);
    if (ruleset !== undefined && machine !== undefined)
      hosts.set(host, { machine, ruleset, devices: own(machine), at: judgesOf(ruleset, compile) });
  }
  return {
    devices,
    offices: officeAddresses(topology),
    hosts,
    unread: [
      ...read.flatMap(({ host, why }) => (why === undefined ? [] : [unread(topology, host, why)])),
      ...topology.machines.filter(({ name, role }) => FILTERS.has(role) && !texts.has(name)).map(({ name }) => unfiltered(topology, name)),
    ],
  };
}

function officeAddresses({ city, plan }: Topology): Filters['offices'] {
  return new Map(
    city.endpoints.map(({ number }) => {
      const segments = ENDPOINT_SEGMENTS.map(segment => plan.segment(number, segment));
      return [number, { v4: spansFrom(segments.map(({ v4 }) => v4)), v6: spansFrom(segments.map(({ v6 }) => v6)) }];
    }),
  );
}

function ownDevices({ wires }: Topology, devices: Devices): (machine: Machine) => Spans {
  const wired = grouped(
    wires.flatMap(({ ends }) => ends),
    ({ host }) => [host],
  );
  const bridges = SITE_SEGMENTS.map(bridgeOf).map(devices.named);
  const beside = { site: bridges, aggregation: [], external: [], endpoint: [devices.named(OFFICE_LAN)] } as const;
  return ({ name, node }) =>
    union(devices.named('lo'), ...(wired.get(name) ?? []).map(({ device }) => devices.named(device)), ...beside[node.kind]);
}

function readOne(text: string, known: Map<string, FilterRule>): { readonly ruleset?: Ruleset; readonly why?: NotUnderstood } {
  try {
    return { ruleset: parseRuleset(text, known) };
  } catch (error) {
    if (error instanceof NotUnderstood) return { why: error };
    throw error;
  }
}

const deviceNames = ({ matches }: FilterRule): readonly string[] => matches.flatMap(match => (match.of === 'device' ? match.names : []));

/** Chains are compiled when they are first needed: of offices that are alike only one ever is. */
function judgesOf(ruleset: Ruleset, compile: (chain: FilterChain, family: Family) => Judges): HostFilter['at'] {
  const known = { v4: new Map<Hook, Judges>(), v6: new Map<Hook, Judges>() } as const satisfies Record<Family, Map<Hook, Judges>>;
  return (family, hook) => {
    const chain = filterAt(ruleset, hook);
    if (chain === undefined) return undefined;
    const judges = known[family].get(hook) ?? compile(chain, family);
    known[family].set(hook, judges);
    return judges;
  };
}

const unread = (topology: Topology, host: string, why: NotUnderstood): Problem => ({
  rule: 'segmentation',
  path: pathOfHost(topology, host),
  message: `${host}: the filter cannot be judged: ${why.message}`,
  hint: 'write the rule as the others are written, or teach the reader of rules (infra/segmentation/nftables/parse.ts) what it means',
});

/** Hosts that packets of others go through. */
const FILTERS: ReadonlySet<Machine['role']> = new Set(['router', 'aggregation', 'office']);

const unfiltered = (topology: Topology, host: string): Problem => ({
  rule: 'segmentation',
  path: pathOfHost(topology, host),
  message: `${host} has no filter: everything gets through it`,
  hint: `render ${FILTER_PATH} for it`,
});

/** Where in the inventory a host comes from. */
export function pathOfHost({ machines }: Pick<Topology, 'machines'>, host: string): string {
  const node = machines.find(({ name }) => name === host)?.node;
  return node === undefined ? host : pathOf(node);
}
