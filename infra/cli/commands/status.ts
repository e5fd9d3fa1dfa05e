import type { Command } from 'commander';
import { observe } from '../../site/observe.js';
import type { CheckResult } from '../../site/steady-state.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { openRunningCity } from '../running-city.js';
import { table } from '../table.js';

export const configure = (command: Command, invoke: Invoke): void => void command.action(invoke(run));

async function run(context: Context): Promise<ExitCode> {
  const { city, checks, fabric, standing } = await openRunningCity(context);
  const faults = await fabric.faults();
  const [observed, { results: own, facts }] = await Promise.all([observe(checks, fabric, context.interrupted()), standing(faults)]);
  const results = [...observed, ...own];
  context.output.result(
    { schema: 1, inventory: city.id, fabric: fabric.kind, ...facts, steady: exitCode(results) === 0, checks: results, faults },
    describe(city.id, results),
  );
  return exitCode(results);
}

/** Steady state only when every check holds; what could not be read is no answer. */
function exitCode(results: readonly CheckResult[]): ExitCode {
  if (results.some(({ state }) => state === 'late')) return 1;
  return results.some(({ state }) => state === 'unknown') ? 3 : 0;
}

const describe = (city: string, results: readonly CheckResult[]): string =>
  [
    table(
      ['check', 'state', 'found'],
      results.map(({ check, state, detail }) => [check, state, detail]),
    ),
    `${city}: ${exitCode(results) === 0 ? 'steady state' : `${results.filter(({ state }) => state !== 'ok').length} of ${results.length} checks are not as they should be`}`,
  ].join('\n');
