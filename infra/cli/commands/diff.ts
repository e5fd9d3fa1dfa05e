import type { Command } from 'commander';
import { type Change, type CityDiff, diffCities } from '../../city/diff.js';
import { load } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { table } from '../table.js';

export function configure(command: Command, invoke: Invoke): void {
  command.argument('<old>', 'a folder, or the name of a shipped inventory').argument('<new>', 'likewise').action(invoke(diff));
}

/** Exit 1 when a law was broken: an address moved, or a number was reused or forgotten. */
async function diff({ output }: Context, before: string, after: string): Promise<ExitCode> {
  const [old, next] = await Promise.all([readInventory(before), readInventory(after)]);
  const changes = diffCities(load(old), load(next));
  output.result({ schema: 1, ...changes }, describe(changes));
  const { addresses, numbers } = changes;
  return addresses.changed.length + numbers.reused.length + numbers.forgotten.length === 0 ? 0 : 1;
}

function describe({ offices, nodes, links, systems, addresses, numbers }: CityDiff): string {
  const counts = table(
    ['', 'added', 'retired', 'changed'],
    Object.entries({ offices, nodes, links, systems }).map(([name, { added, retired, changed }]) => [
      name,
      added.length,
      retired.length,
      changed.length,
    ]),
  );
  const changes = [...offices.renamed, ...offices.rehomed, ...offices.changed, ...nodes.changed, ...links.changed, ...systems.changed];
  return [
    counts,
    ...Object.entries({ offices, nodes, links, systems }).flatMap(([name, { added, retired }]) => [
      names(`${name} added`, added),
      names(`${name} retired`, retired),
    ]),
    changeTable(changes),
    changeTable(addresses.changed),
    names('numbers reused, which must never happen', numbers.reused),
    names('numbers gone without being retired (set validUntil instead of removing)', numbers.forgotten),
    `offices renamed: ${offices.renamed.length}, re-homed: ${offices.rehomed.length}`,
    `addresses changed for what stays: ${addresses.changed.length} of ${addresses.compared}`,
  ]
    .filter(part => part !== '')
    .join('\n');
}

const names = (title: string, list: readonly string[]): string => (list.length === 0 ? '' : `${title}: ${list.join(' ')}`);

const changeTable = (changes: readonly Change[]): string =>
  changes.length === 0
    ? ''
    : table(
        ['element', 'field', 'before', 'after'],
        changes.map(({ element, field, before, after }) => [element, field, before, after]),
      );
