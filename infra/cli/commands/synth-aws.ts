import { type Command, Option } from 'commander';
import * as z from 'zod/mini';
import { cityApp } from '../../aws/app.js';
import { type Choices, deploymentOf } from '../../aws/plan/deployment.js';
import { synthesised } from '../../aws/policy/findings.js';
import { readJson } from '../../city/json.js';
import { loadLocated } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { usage } from '../failure.js';
import { inventoryArgument, inventoryOf } from '../place.js';
import { table } from '../table.js';

/** Names that `-c` takes. */
const CHOICES = ['inventory', 'account', 'posture', 'primaryRegion', 'backupRegion'] as const;

export function configure(command: Command, invoke: Invoke): void {
  command
    .addArgument(inventoryArgument())
    .addOption(
      new Option('-c, --context <choice>', `in place of the inventory's: ${CHOICES.slice(1).join(', ')}, as account=123456789012`)
        .argParser(collected)
        .default([], 'none'),
    )
    .option('--out <folder>', 'the folder for the assembly (cdk sets it itself)')
    .action(invoke(synthesise));
}

interface Options {
  readonly context: readonly string[];
  readonly out?: string;
}

/** All problems are reported before anything is synthesised. cdk passes its own `-c` and its output folder in the environment. */
async function synthesise(called: Context, inventory: string | undefined, { context, out }: Options): Promise<ExitCode> {
  const { env, output } = called;
  const given = { ...contextOf(env.CDK_CONTEXT_JSON), ...choicesOf(context) };
  const { city, locate } = loadLocated(await readInventory(inventoryOf(called, inventory ?? given.inventory)), dayOf(called));
  const deployment = deploymentOf(city, given, locate);
  const outdir = out ?? env.CDK_OUTDIR;
  const assembly = synthesised(cityApp(deployment, outdir === undefined ? {} : { outdir }));
  const stacks = assembly.stacks.map(({ stackName, environment, template }) => ({
    stack: stackName,
    region: environment.region,
    resources: Object.keys((template as { readonly Resources: object }).Resources).length,
  }));
  const { posture, stage } = deployment.city.aws;
  output.result(
    { schema: 1, inventory: city.id, posture, stage, folder: assembly.directory, stacks },
    `${table(['stack', 'region', 'resources'], stacks.map(Object.values))}\n${posture}, ${STAGES[stage]}, in ${assembly.directory}`,
  );
  return 0;
}

/** What a deployment of each stage does that cannot be undone. */
const STAGES = {
  trial: 'a trial: everything can be deleted again',
  production: 'production: a week after it is deployed the lock of the vaults is for ever',
} as const;

const collected = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

function choicesOf(words: readonly string[]): Choices {
  return Object.fromEntries(
    words.map(word => {
      const [name = '', value] = word.split(/=(.*)/s);
      if ((CHOICES as readonly string[]).includes(name) && value !== undefined) return [name, value];
      throw usage('-c', `found '${word}', expected name=value with a name of ${CHOICES.join(', ')}`, 'as -c account=123456789012');
    }),
  );
}

/** Our choices among all else in cdk's context. */
function contextOf(json: string | undefined): Choices {
  const all = readJson(z.record(z.string(), z.unknown()), json || '{}', "cdk's context");
  return Object.fromEntries(CHOICES.flatMap(name => (typeof all[name] === 'string' ? [[name, all[name]]] : [])));
}
