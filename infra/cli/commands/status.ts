import type { Command } from 'commander';
import { observe } from '../../fabric/observe.js';
import type { RunningCity } from '../../fabric/realisation.js';
import type { CheckResult } from '../../fabric/steady-state.js';
import { type LateMachine, lateMachineWords, whileWatched } from '../../fabric/while-watched.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { openRunningCity } from '../running-city.js';
import { table } from '../table.js';

export const configure = (command: Command, invoke: Invoke): void => void command.action(invoke(run));

async function run(context: Context): Promise<ExitCode> {
  const running = await openRunningCity(context);
  const { city, topology, fabric } = running;
  const { result, machine } = await whileWatched(
    topology,
    fabric,
    () => look(context, running),
    ({ results }) => exitCode(results) === 0,
  );
  const { results, facts, faults } = result;
  const value = { schema: 1, inventory: city.id, fabric: fabric.kind, ...facts, steady: exitCode(results) === 0, checks: results, faults };
  context.output.result({ ...value, ...(machine === undefined ? {} : { machine }) }, describe(city.id, results, machine));
  return exitCode(results);
}

async function look(context: Context, { checks, fabric, ownChecks }: RunningCity) {
  const faults = await fabric.faults();
  const [observed, { results, facts }] = await Promise.all([observe(checks, fabric, context.interrupted()), ownChecks(faults)]);
  return { results: [...observed, ...results], facts, faults };
}

/** 0 only when every check holds; 1 when one does not, 3 when one could not be read. */
function exitCode(results: readonly CheckResult[]): ExitCode {
  if (results.some(({ state }) => state === 'late')) return 1;
  return results.some(({ state }) => state === 'unknown') ? 3 : 0;
}

const describe = (city: string, results: readonly CheckResult[], machine: LateMachine | undefined): string =>
  [
    ...(machine === undefined ? [] : [`machine   ${lateMachineWords(machine, 'while this looked', 'what follows')}\n`]),
    table(
      ['check', 'state', 'found'],
      results.map(({ check, state, detail }) => [check, state, detail]),
    ),
    `${city}: ${exitCode(results) === 0 ? 'steady state' : `${results.filter(({ state }) => state !== 'ok').length} of ${results.length} checks do not hold`}`,
  ].join('\n');
