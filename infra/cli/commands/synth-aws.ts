import { type Command, Option } from 'commander';
import * as z from 'zod/mini';
import { cityApp } from '../../aws/app.js';
import { type Choices, deploymentOf } from '../../aws/plan/deployment.js';
import { synthesised } from '../../aws/policy/findings.js';
import { readJson } from '../../city/json.js';
import { didYouMean } from '../../city/load/hint.js';
import { loadLocated } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import { InputError, type Problem } from '../../city/problem.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { inventoryArgument, inventoryOf } from '../place.js';
import { table } from '../table.js';

/** Names that `-c` takes. */
const CHOICES = ['inventory', 'account'] as const;
/** The inventory's alone: the other commands (`citydc aws`, `render`, `diff`) know of it what the inventory says. */
const INVENTORYS: Readonly<Record<string, (value: string) => string>> = {
  posture: value => `posture: ${value}`,
  stage: value => `stage: ${value}`,
  primaryRegion: value => `sites: { 1: { region: ${value} } }`,
  backupRegion: value => `sites: { 2: { region: ${value} } }`,
};

export function configure(command: Command, invoke: Invoke): void {
  command
    .addArgument(inventoryArgument())
    .addOption(
      new Option('-c, --context <choice>', `${CHOICES.join(' or ')}, as account=123456789012`).argParser(collected).default([], 'none'),
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
  const choices = { ...contextOf(env.CDK_CONTEXT_JSON), ...choicesOf(context) };
  const { city, locate } = loadLocated(await readInventory(inventoryOf(called, inventory ?? choices.inventory)), dayOf(called));
  const deployment = deploymentOf(city, choices, locate);
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

type Given = Choices & { readonly inventory?: string };

const choicesOf = (words: readonly string[]): Given =>
  given(
    words.map(word => {
      const [name = '', value] = word.split(/=(.*)/s);
      return { name, value, word };
    }),
  );

/** Our choices among all else in cdk's context, whose own names have other characters. */
const contextOf = (json: string | undefined): Given =>
  given(
    Object.entries(readJson(z.record(z.string(), z.unknown()), json || '{}', "cdk's context"))
      .filter(([name]) => /^[a-zA-Z]+$/.test(name) && didYouMean(name, KNOWN) !== undefined)
      .map(([name, value]) => ({ name, value: String(value), word: `${name}=${value}` })),
  );
const KNOWN = [...CHOICES, ...Object.keys(INVENTORYS)];

interface Word {
  readonly name: string;
  readonly value: string | undefined;
  readonly word: string;
}

/** @throws {InputError} with every word that is no choice */
function given(words: readonly Word[]): Given {
  const problems = words.flatMap(word => (isChoice(word) ? [] : [noChoice(word)]));
  if (problems.length > 0) throw new InputError(problems);
  return Object.fromEntries(words.map(({ name, value }) => [name, value]));
}

const isChoice = ({ name, value }: Word): boolean => (CHOICES as readonly string[]).includes(name) && value !== undefined;

function noChoice({ name, value = '…', word }: Word): Problem {
  const line = INVENTORYS[name]?.(value);
  if (line !== undefined)
    return {
      rule: 'usage',
      path: '-c',
      message: `found '${word}': it is the inventory's, so that every command knows it`,
      hint: `write in city.yaml, under 'aws': ${line}`,
    };
  const hint = didYouMean(name, KNOWN);
  return {
    rule: 'usage',
    path: '-c',
    message: `found '${word}', expected name=value with a name of ${CHOICES.join(', ')}`,
    hint: hint ?? 'as -c account=123456789012',
  };
}
