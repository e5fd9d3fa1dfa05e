import { type Command, InvalidArgumentError } from 'commander';
import { loadLocated } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import type { City } from '../../city/model.js';
import { partNamed } from '../../city/part.js';
import { InputError } from '../../city/problem.js';
import { refusalsOf } from '../../fabric/convergence/refusals.js';
import { refuseDuringDrill } from '../../fabric/locks/drill.js';
import type { CheckResult } from '../../fabric/steady-state.js';
import { verdict } from '../check/describe.js';
import { reportOn } from '../check/report.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { drillsFolderOf, inventoryArgument, inventoryOf } from '../place.js';
import { stackSource } from '../stack-source.js';
import { today } from '../today.js';
import { describePlan } from '../up/plan.js';
import type { Target } from '../up/request.js';

const DEFAULT_DEADLINE_SECONDS = 180;

export function configure(command: Command, invoke: Invoke): void {
  command
    .addArgument(inventoryArgument())
    .option('--deadline <seconds>', 'how long it may take to become well', positive, DEFAULT_DEADLINE_SECONDS)
    .option('--districts <nodes>', 'a part of the city: these aggregation nodes and their offices, as n67,n73', '')
    .option('--registry <prefix>', "docker: fetch the image from there (registry.example/city/); later runs, too, until ''")
    .option('--image <tag>', "docker: another image than this program makes, on the Docker hosts already; later runs, too, until ''")
    .option('--log-driver <name>', "docker: Docker's log driver for all containers; later runs, too")
    .option('--plan', 'only tell what it would do, on which hosts and why, and what restarts; changes nothing')
    .addHelpText('after', '\n  citydc up --plan ./my-inventory\n  citydc --fabric docker up --districts n67,n73')
    .action(invoke(run));
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('give seconds as a number above 0, as 180');
  return value;
}

interface Options {
  readonly deadline: number;
  readonly districts: string;
  readonly plan?: boolean;
  readonly registry?: string;
  readonly image?: string;
  readonly logDriver?: string;
}

async function run(context: Context, given: string | undefined, options: Options): Promise<ExitCode> {
  const inventory = inventoryOf(context, given);
  const { deadline, districts, image } = options;
  // First: of what a bundle does not take, nobody wants to hear whether it is right.
  const source = context.fabric === 'docker' ? await stackSource({ inventory, districts, image }) : undefined;
  const { city, locate } = loadLocated(await readInventory(inventory));
  const { output } = context;
  const report = reportOn(city, today(city, context), locate);
  if (report.problems.length > 0) throw new InputError(report.problems);
  const part = partNamed(city, districts);
  output.note(`${city.id} checked: ${verdict(report)}`);
  const late = (open: readonly CheckResult[], hold: number, of: number) => output.progress(describeLate(open, hold, of));
  const request = { city: part, inventory, districts, deadlineMs: deadline * 1000, late };
  const target =
    source === undefined
      ? (await import('../up/lab.js')).inLab(context, request)
      : (await import('../up/docker.js')).onDocker(context, request, { ...options, source });
  const free = () => refuseDuringDrill(drillsFolderOf(context));
  if (options.plan === true) return tellPlan(context, part, target, free);
  await free();
  return target.up();
}

async function tellPlan({ output }: Context, { id }: City, target: Target, free: () => Promise<void>): Promise<ExitCode> {
  const [drill, plan] = [await refusalsOf([free]), await target.plan()];
  const whole = { ...plan, refusals: [...drill, ...plan.refusals] };
  output.result({ schema: 1, inventory: id, ...whole }, describePlan(id, whole));
  return 0;
}

const describeLate = ([first]: readonly CheckResult[], hold: number, of: number): string =>
  `steady state: ${hold}/${of}${first === undefined ? '' : `, late: ${first.check}: ${first.detail}`}`;
