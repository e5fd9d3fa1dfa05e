import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseOutline } from '../../../dashboards/design/diagram/outline.js';
import { checkPage } from '../../../dashboards/design/page/page.js';
import type { CheckedCity } from '../../../dashboards/design/page/view.js';
import { type LocatedCity, loadLocated } from '../../city/load/load.js';
import { readInventory, readOutline } from '../../city/load/read.js';
import type { City } from '../../city/model.js';
import { InputError, type Problem } from '../../city/problem.js';
import { AGAINST_LAB } from '../check/against-lab.js';
import { describe } from '../check/describe.js';
import { answer, questionOf } from '../check/explain.js';
import { reportOn } from '../check/report.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { writeWhole } from '../file.js';
import { inventoryArgument, inventoryOf } from '../place.js';

export function configure(command: Command, invoke: Invoke): void {
  command
    .addArgument(inventoryArgument())
    .option('--today <date>', "the day on which acceptances and dates are judged, as 2027-12-31 (default: the city's today)")
    .option('--on <date>', 'show the city as it is planned to be on that day; acceptances are judged today')
    .addOption(
      new Option('--target <target>', 'refuse an inventory that promises more than a target can keep').choices(Object.keys(TARGETS)),
    )
    .option(
      '--explain <what...>',
      'by which route an office (number, code or name) reaches a system (key or name), and why, as: e131 portal',
    )
    .option('--while-down <elements>', 'with --explain: what has failed, as l24,s1 (nodes, links, shared-risk groups)')
    .option('--while-held <sites>', 'with --explain: sites that have returned and are still held (announced behind everything else), as s1')
    .addOption(
      new Option(
        '--against-lab <what>',
        'compare the model with the running city: routes (every predicted next hop, with all lines up and while some are cut) or matrix (every cell of the allowed flows, by real connections)',
      ).choices(Object.keys(AGAINST_LAB)),
    )
    .option('--cuts <number>', 'with --against-lab routes: how many cases of cut lines, a quarter of them double', wholeNumber, 20)
    .option('--seed <number>', 'with --against-lab routes: chooses the lines that are cut', wholeNumber, 1)
    .addOption(
      new Option('--html <file>', 'also write the result as one page, for a browser without network').conflicts([
        'explain',
        'whileDown',
        'whileHeld',
        'againstLab',
      ]),
    )
    .action(invoke(check));
}

/** Checks that only a target needs; the code is loaded when the target is named. */
const TARGETS = {
  aws: async ({ city, locate }: LocatedCity) => (await import('../../aws/plan/deployment.js')).promisesOf(city, locate),
} as const satisfies Record<string, (located: LocatedCity) => Promise<readonly Problem[]>>;

interface Options {
  readonly today?: string;
  readonly on?: string;
  readonly target?: keyof typeof TARGETS;
  readonly explain?: readonly string[];
  readonly whileDown?: string;
  readonly whileHeld?: string;
  readonly againstLab?: keyof typeof AGAINST_LAB;
  readonly cuts: number;
  readonly seed: number;
  readonly html?: string;
}

async function check(context: Context, given: string | undefined, options: Options): Promise<ExitCode> {
  const inventory = inventoryOf(context, given);
  if (options.againstLab !== undefined) return AGAINST_LAB[options.againstLab](context, options);
  const today = dayOf(context, '--today', options.today);
  const files = await readInventory(inventory);
  const { city, locate } = loadLocated(files, options.on === undefined ? today : dayOf(context, '--on', options.on));
  if (options.target !== undefined) refuse(await TARGETS[options.target]({ city, locate }));
  if ([options.explain, options.whileDown, options.whileHeld].some(given => given !== undefined)) return explain(context, city, options);
  const day = today(city.timeZone);
  const report = reportOn(city, day, locate);
  const page = options.html === undefined ? undefined : await writePage(context, options.html, inventory, { city, report, today: day });
  const text = [describe(city, files.folder, report), ...(page === undefined ? [] : [`the page for a browser: ${page}`])].join('\n');
  context.output.result({ schema: 1, inventory: city.id, today: day, ...report, page }, text);
  return report.problems.length === 0 ? 0 : 1;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InputError(problems);
}

async function writePage(context: Context, path: string, inventory: string, checked: Omit<CheckedCity, 'outline'>): Promise<string> {
  const outline = await readOutline(inventory);
  const page = checkPage({ ...checked, outline: outline === undefined ? undefined : parseOutline(outline) });
  await writeWhole(path, page, '--html', context.interrupted());
  return path;
}

async function explain({ output }: Context, city: City, options: Options): Promise<ExitCode> {
  const question = questionOf(city, options.explain ?? [], options.whileDown?.split(',') ?? [], options.whileHeld?.split(',') ?? []);
  const { answered, text } = answer(city, question);
  output.result({ schema: 1, inventory: city.id, ...answered }, text);
  return answered.outcome === 'delivered' ? 0 : 1;
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number');
  return Number(text);
};
