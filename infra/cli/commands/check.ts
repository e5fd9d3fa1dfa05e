import type { Command } from 'commander';
import { checkCity } from '../../city/check.js';
import { loadLocated } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, readInventory } from '../../city/load/read.js';
import { InputError } from '../../city/problem.js';
import { describe } from '../check/describe.js';
import { answer, questionOf } from '../check/explain.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { today } from '../today.js';

export function configure(command: Command, invoke: Invoke): void {
  command
    .argument('[inventory]', 'a folder, or the name of a shipped inventory', DEFAULT_INVENTORY)
    .option('--today <date>', "the day on which acceptances are judged, as 2027-12-31 (default: the city's today)")
    .option('--explain <what...>', 'why an office (number, code or name) reaches a system (key or name) the way it does, as: e131 portal')
    .option('--while-down <elements>', 'with --explain: what has failed, as l24,s1 (nodes, links, shared-risk groups)')
    .action(invoke(check));
}

interface Options {
  readonly today?: string;
  readonly explain?: readonly string[];
  readonly whileDown?: string;
}

async function check(context: Context, inventory: string, options: Options): Promise<ExitCode> {
  const { city, locate } = loadLocated(await readInventory(inventory));
  if (options.explain !== undefined || options.whileDown !== undefined) {
    const question = questionOf(city, options.explain ?? [], options.whileDown?.split(',') ?? []);
    const { explanation, text } = answer(city, question);
    context.output.result({ schema: 1, inventory: city.id, ...explanation }, text);
    return explanation.outcome === 'delivered' ? 0 : 1;
  }
  const day = options.today === undefined ? today(city, context) : checkedDate(options.today);
  const report = checkCity(city, day, locate);
  context.output.result({ schema: 1, inventory: city.id, today: day, ...report }, describe(city, report));
  return report.problems.length === 0 ? 0 : 1;
}

function checkedDate(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InputError([{ rule: 'usage', path: '--today', message: `'${text}' is not a date`, hint: 'write it as 2027-12-31' }]);
}
