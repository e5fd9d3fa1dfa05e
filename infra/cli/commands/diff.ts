import { type Command, Option } from 'commander';
import type { AwsDrift } from '../../aws/drift/drift.js';
import { type CityDiff, diffCities } from '../../city/diff/diff.js';
import type { InventoryChange } from '../../city/diff/fields.js';
import type { SinglePoint } from '../../city/diff/single-points.js';
import { type LocatedCity, loadLocated } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import { formatProblem } from '../../city/problem.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { table } from '../table.js';

export function configure(command: Command, invoke: Invoke): void {
  command
    .argument('<old>', 'a folder, or the name of a shipped inventory')
    .argument('<new>', 'likewise')
    .addOption(
      new Option('--target <target>', 'also what the change would do to the resources that are deployed there').choices(
        Object.keys(TARGETS),
      ),
    )
    .option('--on <date>', "compare both as they are planned to be on that day, as 2027-12-31 (default: the city's today)")
    .addHelpText('after', '\n  citydc diff can-tho-2022 ./my-inventory --target aws')
    .action(invoke(diff));
}

/** What a change means on a target; its code is loaded when it is named. */
const TARGETS = {
  aws: async (old, next) => (await import('../../aws/drift/drift.js')).driftOf(old, next),
} as const satisfies Record<string, (old: LocatedCity, next: LocatedCity) => Promise<AwsDrift>>;

interface Options {
  readonly target?: keyof typeof TARGETS;
  readonly on?: string;
}

/**
 * Exit code 1 when an address moved; when a number was reused, forgotten or given to another element; when a single failure takes more than
 * any of its class did; or when a target would lose stored data.
 */
async function diff(context: Context, before: string, after: string, { target, on }: Options): Promise<ExitCode> {
  const day = dayOf(context, '--on', on);
  const [old, next] = (await Promise.all([readInventory(before), readInventory(after)])).map(files => loadLocated(files, day)) as [
    LocatedCity,
    LocatedCity,
  ];
  const changes = diffCities(old.city, next.city);
  const drift = target === undefined ? undefined : await TARGETS[target](old, next);
  context.output.result(
    { schema: 1, ...changes, ...(target === undefined ? {} : { [target]: drift }) },
    [describe(changes), ...(drift === undefined ? [] : [describeDrift(drift)])].join('\n'),
  );
  const { addresses, numbers, singlePointsOfFailure } = changes;
  const broken = [addresses.changed, ...Object.values(numbers), singlePointsOfFailure.worse, drift?.problems ?? []];
  return broken.every(list => list.length === 0) ? 0 : 1;
}

function describe(changes: CityDiff): string {
  const { offices, nodes, links, systems, flows, others, addresses, numbers, singlePointsOfFailure: points } = changes;
  const parts = { offices, nodes, links, systems };
  const changed = [...offices.renamed, ...offices.rehomed, ...offices.changed, ...nodes.changed, ...links.changed, ...systems.changed];
  return [
    table(
      ['', 'added', 'retired', 'changed'],
      Object.entries(parts).map(([name, { added, retired, changed }]) => [name, added.length, retired.length, elementsOf(changed).size]),
    ),
    ...Object.entries(parts).flatMap(([name, { added, retired }]) => [names(`${name} added`, added), names(`${name} retired`, retired)]),
    changeTable(changed),
    ...others.map(otherChange),
    changeTable(addresses.changed),
    ...flows.added.map(flow => `flow added: ${flow}`),
    ...flows.withdrawn.map(flow => `flow withdrawn: ${flow}`),
    names('numbers reused, which must never happen', numbers.reused),
    names('numbers gone without being retired (set validUntil instead of removing)', numbers.forgotten),
    ...numbers.swapped.map(swap => `numbers given to what another was, which must never happen: ${swap}`),
    singlePoints('new single points of failure', points.added),
    singlePoints('healed single points of failure', points.healed),
    ...points.worse.map(
      ({ element, lost, most }) =>
        `single point of failure that became worse: ${element}: ${lost} (before, ${most} offices at most in its class)`,
    ),
    `offices renamed: ${offices.renamed.length}, re-homed: ${offices.rehomed.length}`,
    `addresses changed for what stays: ${addresses.changed.length} of ${addresses.compared}`,
  ]
    .filter(part => part !== '')
    .join('\n');
}

/** What has no number: its values may be long, so each change is a line. */
function otherChange({ element, field, before, after }: InventoryChange): string {
  if (field !== 'entry') return `${element}, ${field}: ${before || '–'} → ${after || '–'}`;
  return before === '' ? `added: ${element} (${after})` : `withdrawn: ${element} (${before})`;
}

const singlePoints = (title: string, list: readonly SinglePoint[]): string =>
  list.length === 0
    ? `${title}: none`
    : names(
        `${title}: ${list.length}`,
        list.map(({ element }) => element),
      );

const elementsOf = (changes: readonly InventoryChange[]): ReadonlySet<string> => new Set(changes.map(({ element }) => element));

const names = (title: string, list: readonly string[]): string => (list.length === 0 ? '' : `${title}: ${ranges(list).join(' ')}`);

/** Names in their order, three and more consecutive numbers as one: `e77 e227–e297`. */
function ranges(list: readonly string[]): readonly string[] {
  const runs: string[][] = [];
  for (const name of list) {
    const run = runs.at(-1);
    if (run !== undefined && name === successor(run.at(-1) ?? '')) run.push(name);
    else runs.push([name]);
  }
  return runs.flatMap(run => (run.length < 3 ? run : [`${run[0]}–${run.at(-1)}`]));
}

const successor = (name: string): string =>
  name.replace(/^([a-z])(\d+)$/, (_, letter: string, number: string) => `${letter}${Number(number) + 1}`);

/** Field by field; the same change of several elements is one row. */
function changeTable(changes: readonly InventoryChange[]): string {
  if (changes.length === 0) return '';
  const rows = new Map<string, { readonly change: InventoryChange; readonly elements: string[] }>();
  for (const change of byField(changes)) {
    const key = JSON.stringify([change.field, change.before, change.after]);
    const row = rows.get(key) ?? { change, elements: [] };
    row.elements.push(change.element);
    rows.set(key, row);
  }
  return table(
    ['field', 'before', 'after', 'of'],
    [...rows.values()].map(({ change: { field, before, after }, elements }) => [
      field,
      before || '–',
      after || '–',
      ranges(elements).join(' '),
    ]),
  );
}

function byField(changes: readonly InventoryChange[]): readonly InventoryChange[] {
  const order = [...new Set(changes.map(({ field }) => field))];
  return changes.toSorted((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
}

/** Created resources are only counted; the others need a look. */
function describeDrift({ changes, problems }: AwsDrift): string {
  const shown = changes.filter(({ fate }) => fate !== 'created');
  return [
    `on AWS: ${changes.length - shown.length} resources created, ${shown.length} replaced, revised, changed or deleted`,
    shown.length === 0
      ? ''
      : table(
          ['stack', 'resource', 'type', 'would be', 'because of', 'meanwhile'],
          shown.map(({ stack, resource, type, fate, because, interrupts = '–' }) => [
            stack,
            resource,
            type,
            fate,
            because.join(', ') || '–',
            interrupts,
          ]),
        ),
    ...problems.map(formatProblem),
  ]
    .filter(part => part !== '')
    .join('\n');
}
