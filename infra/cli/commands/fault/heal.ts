import type { ActiveFault } from '../../../fabric/fabric.js';
import { refuseDuringDrill } from '../../../fabric/locks/drill.js';
import type { RunningCity } from '../../../fabric/realisation.js';
import type { Context, ExitCode } from '../../command.js';
import { usage } from '../../failure.js';
import { openRunningCity } from '../../running-city.js';
import { describe } from './list.js';
import { linksNamed } from './targets.js';

/** `fault heal`: one fault, those that concern a link or host, or all. */
export async function heal(context: Context, target: string | undefined): Promise<ExitCode> {
  const running = await openRunningCity(context);
  await refuseDuringDrill(running.drillsFolder);
  const active = await running.fabric.faults();
  const meant = target === undefined ? active : active.filter(fault => concerns(running, fault, target));
  if (target !== undefined && meant.length === 0)
    throw usage(target, 'no active fault has this id or concerns it', `active: ${active.map(({ id }) => id).join(', ') || 'none'}`);
  const healed = await running.fabric.heal(meant.map(({ id }) => id));
  context.output.result({ schema: 1, healed }, healed.length === 0 ? 'no fault was active' : `undone: ${healed.map(describe).join('; ')}`);
  return 0;
}

function concerns({ city }: RunningCity, { id, fault }: ActiveFault, target: string): boolean {
  if (id === target) return true;
  if (fault.do !== 'power-off') return fault.links.some(number => linksNamed(city, target).includes(number));
  return fault.hosts.some(host => host === target || host.startsWith(`${target}-`));
}
