import type { Command } from 'commander';
import { load } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import { nodeName } from '../../city/model.js';
import type { Layout } from '../../site/host.js';
import { layoutFrom } from '../../site/layout.js';
import { type Topology, topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { inventoryArgument, inventoryOf } from '../place.js';
import { table } from '../table.js';

export function configure(command: Command, invoke: Invoke): void {
  command.addArgument(inventoryArgument()).action(invoke(run));
}

async function run(context: Context, given: string | undefined): Promise<ExitCode> {
  const topology = topologyOf(load(await readInventory(inventoryOf(context, given)), dayOf(context)));
  const layout = layoutFrom(topology);
  context.output.result(asValue(topology, layout), describe(topology, layout));
  return 0;
}

function asValue({ city, plan }: Topology, { hosts, wires }: Layout): object {
  return {
    schema: 1,
    inventory: city.id,
    hosts: hosts.map(({ name, role, address, processes }) => ({ name, role, address, processes: processes.map(process => process.name) })),
    wires,
    systems: city.systems.map(({ key, number, port }) => ({ key, address: plan.service(number), port })),
    links: city.links.map(({ number }) => ({ number, addresses: plan.link(number) })),
  };
}

function describe({ city, plan, nodes }: Topology, { hosts, wires }: Layout): string {
  const processes = hosts.reduce((sum, host) => sum + host.processes.length, 0);
  return [
    table(
      ['host', 'role', 'address', 'processes'],
      hosts.map(host => [host.name, host.role, host.address, host.processes.map(process => process.name).join(' ') || '–']),
    ),
    table(
      ['system', 'address', 'IPv6', 'port'],
      city.systems.map(({ key, number, port }) => [key, plan.service(number).v4, plan.service(number).v6, port]),
    ),
    table(
      ['link', 'kind', 'from', 'to', 'addresses'],
      city.links.map(({ number, kind, ends }) => [
        `l${number}`,
        kind,
        ...ends.map(end => nodeName(nodes.get(end) ?? { kind: 'site', number: end })),
        plan
          .link(number)
          .map(({ v4 }) => v4)
          .join(' '),
      ]),
    ),
    `${city.id}: ${hosts.length} hosts, ${wires.length} wires, ${processes} processes`,
  ].join('\n');
}
