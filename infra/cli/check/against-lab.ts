import { join } from 'node:path';
import { proveMatrix } from '../../../runbooks/proofs/matrix.js';
import { compareRoutes } from '../../../runbooks/proofs/routes.js';
import { FAMILIES } from '../../city/addresses.js';
import { packageRoot } from '../../city/load/read.js';
import { formatProblem } from '../../city/problem.js';
import { refuseDuringDrill } from '../../fabric/locks/drill.js';
import type { Context, ExitCode } from '../command.js';
import { openRunningCity } from '../running-city.js';
import { describeComparisons, describeMatrix } from './describe-proofs.js';

/** What `check --against-lab` can compare with the running city. The inventory is the one from which that city was brought up. */
export const AGAINST_LAB = { routes: routesAgainstLab, matrix: matrixAgainstLab } as const;

async function routesAgainstLab(context: Context, { cuts, seed }: { readonly cuts: number; readonly seed: number }): Promise<ExitCode> {
  const { city, topology, fabric, drillsFolder } = await openRunningCity(context);
  await refuseDuringDrill(drillsFolder);
  const { output } = context;
  const cases = await compareRoutes(topology, fabric, { cuts, seed, signal: context.interrupted(), progress: output.progress });
  const agree = cases.every(({ differences }) => differences.length === 0);
  output.result({ schema: 1, inventory: city.id, seed, agree, cases }, describeComparisons(cases, seed));
  return agree ? 0 : 1;
}

async function matrixAgainstLab(context: Context): Promise<ExitCode> {
  const { city, topology, fabric, drillsFolder } = await openRunningCity(context);
  await refuseDuringDrill(drillsFolder);
  const started = context.now().getTime();
  const proof = await proveMatrix({
    topology,
    fabric,
    families: FAMILIES,
    prober: join(packageRoot(), 'dist', 'agents', 'prober.mjs'),
    signal: context.interrupted(),
  });
  const seconds = (context.now().getTime() - started) / 1000;
  const said = [describeMatrix(proof), `${seconds.toFixed(1)} s`, ...proof.problems.map(formatProblem)];
  context.output.result({ schema: 1, inventory: city.id, seconds, ...proof }, said.join('\n'));
  return proof.problems.length === 0 ? 0 : 1;
}
