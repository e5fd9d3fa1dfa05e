import type { Command } from 'commander';
import { nodeName, nodesOf } from '../../city/model.js';
import type { Topology } from '../../site/topology.js';
import type { Context, Invoke } from '../command.js';
import { findOne } from '../find.js';
import { openRunningCity } from '../running-city.js';

export function configure(command: Command, invoke: Invoke): void {
  command
    .argument('<host>', 'a host (e131, s1-database1), or a code or part of an office name')
    .argument('<command...>', 'the command, after --')
    .action(invoke(run));
}

async function run(context: Context, host: string, words: readonly string[]): Promise<number> {
  const { topology, fabric } = await openRunningCity(context);
  return fabric.attach(findHost(topology, host), words);
}

/** A host by its own name, or by the code or a part of the name of its office. @throws {InputError} when none or several fit */
export function findHost({ city, machines }: Topology, wanted: string): string {
  if (machines.some(({ name }) => name === wanted)) return wanted;
  const nodes = [...nodesOf(city).values()].filter(node => node.kind !== 'site');
  const candidates = nodes.map(node => ({
    id: nodeName(node),
    words: [node.name.vi, node.name.en],
    code: 'code' in node ? node.code : undefined,
  }));
  return findOne(
    'host',
    wanted,
    candidates,
    machines.map(({ name }) => name),
  );
}
