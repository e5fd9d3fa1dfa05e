import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { refuseDuringDrill } from '../../../runbooks/lock.js';
import { checkCity } from '../../city/check.js';
import { loadLocated } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, packageRoot, readInventory } from '../../city/load/read.js';
import { InputError } from '../../city/problem.js';
import type { Page } from '../../lab/keeper/pages.js';
import { type UpOutcome, up } from '../../lab/up.js';
import type { CheckResult } from '../../site/steady-state.js';
import { verdict } from '../check/describe.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { requireLab, stateOf } from '../place.js';
import { today } from '../today.js';

const DEFAULT_DEADLINE_SECONDS = 180;

export function configure(command: Command, invoke: Invoke): void {
  command
    .argument('[inventory]', 'a folder, or the name of a shipped inventory', DEFAULT_INVENTORY)
    .option('--deadline <seconds>', 'how long it may take to become well', positive, DEFAULT_DEADLINE_SECONDS)
    .action(invoke(run));
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('give seconds as a number above 0, as 180');
  return value;
}

async function run(context: Context, inventory: string, { deadline }: { deadline: number }): Promise<ExitCode> {
  requireLab(context, 'up');
  const { city, locate } = loadLocated(await readInventory(inventory));
  const { output } = context;
  const report = checkCity(city, today(city, context), locate);
  if (report.problems.length > 0) throw new InputError(report.problems);
  output.note(`${city.id} checked: ${verdict(report)}`);
  const state = stateOf(context);
  await refuseDuringDrill(state.drills);
  const dist = join(packageRoot(), 'dist');
  const outcome = await up({
    state,
    city,
    inventory,
    bundles: join(dist, 'agents'),
    keeper: join(dist, 'keeper.js'),
    mirror: context.env.CITYDC_MIRROR,
    deadlineMs: deadline * 1000,
    progress: (what, done, of) => output.progress(`${what} ${done}/${of}`),
    late: (late, hold, of) => output.progress(describeLate(late, hold, of)),
    signal: context.interrupted(),
  });
  const { pages } = JSON.parse(await readFile(state.pages, 'utf8')) as { pages: readonly Page[] };
  const { layout, ...told } = outcome;
  output.result(
    { schema: 1, inventory: city.id, hosts: layout.hosts.length, wires: layout.wires.length, ...told, pages },
    summary(city.id, outcome, pages),
  );
  return outcome.late.length === 0 ? 0 : 3;
}

const describeLate = ([first]: readonly CheckResult[], hold: number, of: number): string =>
  `steady state: ${hold}/${of}${first === undefined ? '' : `, late: ${first.check}: ${first.detail}`}`;

function summary(city: string, outcome: UpOutcome, pages: readonly Page[]): string {
  const { layout, seconds } = outcome;
  return [
    `${city} ${DID[outcome.did]}: ${layout.hosts.length} hosts, ${layout.wires.length} wires${outcome.did === 'nothing' ? '' : `, ${seconds.steady.toFixed(1)} s (hosts and wires ${seconds.hosts.toFixed(1)} s)`}`,
    ...outcome.late.map(({ check, detail }) => `late: ${check}: ${detail}`),
    outcome.late.length === 0
      ? 'steady state: everything as it should be'
      : 'next: `npx citydc status` shows what is late; `npx citydc up` waits again',
    '',
    ...pages.map(({ name, host, url }) => `${name.padEnd(13)} ${host.padEnd(12)} ${url}`),
    '',
    ...(outcome.late.length === 0 ? NEXT : []),
  ].join('\n');
}

const DID = { created: 'is up', changed: 'is changed', nothing: 'was up already, nothing changed' } as const satisfies Record<
  UpOutcome['did'],
  string
>;

const NEXT = [
  'Try next:',
  '  npx citydc status                       what is well and what is not',
  '  npx citydc exec e131 -- ip route        a command inside an office',
  '  npx citydc fault cut l10                cut a line; `npx citydc fault heal` mends it',
  '  npx citydc drill run site-loss          lose the whole primary site and measure it',
  '  npm stop                                take the city down',
  '',
];
