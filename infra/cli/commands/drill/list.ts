import { DRILLS } from '../../../../runbooks/drills/drills.js';
import { runsIn } from '../../../../runbooks/evidence/history.js';
import type { Context, ExitCode } from '../../command.js';
import { realisationOf } from '../../running-city.js';
import { table } from '../../table.js';

/** `drill list`: the drills, and the runs whose evidence is here. */
export async function list(context: Context): Promise<ExitCode> {
  const runs = await runsIn((await realisationOf(context)).drillsFolder);
  const drills = DRILLS.map(({ name, title, proves }) => ({ name, title, proves }));
  const text = [
    table(
      ['drill', 'what it proves'],
      drills.map(({ name, proves }) => [name, proves.en]),
    ),
    runs.length === 0
      ? 'no run yet'
      : table(
          ['run', 'verdict'],
          runs.map(each => [each.run, each.verdict]),
        ),
  ].join('\n');
  context.output.result({ schema: 1, drills, runs }, text);
  return 0;
}
