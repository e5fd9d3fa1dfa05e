import { type Command, InvalidArgumentError } from 'commander';
import { loadLocated } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import type { City } from '../../city/model.js';
import { partNamed } from '../../city/part.js';
import { InputError } from '../../city/problem.js';
import { refusalsOf } from '../../fabric/convergence/refusals.js';
import { refuseDuringDrill } from '../../fabric/locks/drill.js';
import type { PreparedUp, WantedCity } from '../../fabric/realisation.js';
import { verdict } from '../check/describe.js';
import { reportOn } from '../check/report.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { describePlan } from '../describe-plan.js';
import { describeUp } from '../describe-up.js';
import { callFor, inventoryArgument, inventoryOf } from '../place.js';
import { realisationOf } from '../running-city.js';

const DEFAULT_DEADLINE_SECONDS = 180;

export function configure(command: Command, invoke: Invoke): void {
  command
    .addArgument(inventoryArgument())
    .option('--deadline <seconds>', 'how long to wait for steady state', positive, DEFAULT_DEADLINE_SECONDS)
    .option('--districts <nodes>', 'a part of the city: these aggregation nodes and their offices, as n67,n73', '')
    .option('--registry <prefix>', "docker: fetch the image from this registry (registry.example/city/); kept for later runs, until ''")
    .option(
      '--image <tag>',
      "docker: an image that the Docker hosts have already, not the one that this program makes; kept for later runs, until ''",
    )
    .option('--log-driver <name>', "docker: Docker's log driver for all containers; kept for later runs")
    .option(
      '--writable-pages',
      'lab: silences can be made and ended over the pages on 127.0.0.1, until the next up without this flag; otherwise they are read-only',
    )
    .option('--plan', 'only print what it would do, on which hosts and why, and what restarts; changes nothing')
    .addHelpText('after', '\n  citydc up --plan ./my-inventory\n  citydc --fabric docker up --districts n67,n73')
    .action(invoke(run));
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('give seconds as a number above 0, as 180');
  return value;
}

interface Options extends Omit<WantedCity, 'inventory'> {
  readonly deadline: number;
  readonly plan?: boolean;
}

async function run(context: Context, given: string | undefined, options: Options): Promise<ExitCode> {
  const inventory = inventoryOf(context, given);
  const realisation = await realisationOf(context);
  const prepared = await realisation.up({ ...options, inventory });
  const city = await checkedCity(context, inventory, options.districts);
  const requireNoDrill = () => refuseDuringDrill(realisation.drillsFolder);
  if (options.plan === true) return reportPlan(context, city, prepared, requireNoDrill);
  await requireNoDrill();
  const up = await prepared.up(city, options.deadline * 1000);
  const value = { schema: 1, inventory: up.city.id, ...up.facts, late: up.late, machine: up.machine };
  context.output.result(value, describeUp(up, callFor(context)));
  return up.late.length === 0 ? 0 : 3;
}

/** The city of an inventory, or the requested part of it. @throws {InputError} when the whole has a problem that is not accepted */
async function checkedCity(context: Context, inventory: string, districts: string): Promise<City> {
  const { city, locate } = loadLocated(await readInventory(inventory), dayOf(context));
  const report = reportOn(city, dayOf(context)(city.timeZone), locate);
  if (report.problems.length > 0) throw new InputError(report.problems);
  const part = partNamed(city, districts);
  context.output.note(`${city.id} checked: ${verdict(report)}`);
  return part;
}

async function reportPlan({ output }: Context, city: City, prepared: PreparedUp, requireNoDrill: () => Promise<void>): Promise<ExitCode> {
  const [drill, plan] = [await refusalsOf([requireNoDrill]), await prepared.plan(city)];
  const whole = { ...plan, refusals: [...drill, ...plan.refusals] };
  output.result({ schema: 1, inventory: city.id, ...whole }, describePlan(city.id, whole));
  return 0;
}
