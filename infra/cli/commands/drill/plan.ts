import type { Drill, DrillPlan } from '../../../../runbooks/drill/drill.js';
import { load } from '../../../city/load/load.js';
import { readInventory } from '../../../city/load/read.js';
import { topologyOf } from '../../../site/topology.js';
import type { Context, ExitCode } from '../../command.js';
import { dayOf } from '../../day.js';
import { inventoryOf } from '../../place.js';
import { table } from '../../table.js';

/** `drill plan`: what a drill would break, and what it would be judged by. */
export async function plan(context: Context, drill: Drill, given: string | undefined): Promise<ExitCode> {
  const planned = drill.plan(topologyOf(load(await readInventory(inventoryOf(context, given)), dayOf(context))), context.fabric);
  context.output.result(
    { ...planned, preconditions: drill.preconditions.map(({ id, demand }) => ({ id, demand })) },
    describePlan(drill, planned),
  );
  return 0;
}

const describePlan = ({ title, proves, preconditions }: Drill, planned: DrillPlan): string =>
  [
    `${title.en}\n${proves.en}`,
    `only when: ${preconditions.map(({ demand }) => demand.en).join('; ')}`,
    `power off, as one fault: ${planned.faultHosts.join(', ')}`,
    `undone at the latest after ${planned.limits.healAfterSeconds} s, by the fabric itself`,
    `machine watched in: ${(planned.sentinels ?? []).map(({ host, kind, limitMs }) => `${host} (${kind}, at most ${limitMs} ms late)`).join(', ')}`,
    `clients in: ${planned.wards.map(({ host, name }) => `${name.en} (${host})`).join(', ')}`,
    table(
      ['system', 'state', 'request every (ms)', 'outage at most (s)', 'writes lost at most (s)'],
      planned.systems.map(({ key, state, intervalMs, objective }) => [key, state, intervalMs, objective.rtoSeconds, objective.rpoSeconds]),
    ),
    ...(planned.powerReturn === undefined
      ? []
      : [`return of power, and everything later: at most ${planned.powerReturn.rtoSeconds} s of outage each`]),
    `planned failback: at most ${planned.failback.rtoSeconds} s of outage, nothing lost`,
  ].join('\n');
