import type { ActiveFault } from '../../../fabric/fabric.js';
import type { Context, ExitCode } from '../../command.js';
import { openRunningCity } from '../../running-city.js';
import { table } from '../../table.js';

/** `fault list`: the active faults. */
export async function list(context: Context): Promise<ExitCode> {
  const { fabric } = await openRunningCity(context);
  const faults = await fabric.faults();
  const rows = faults.map(fault => [fault.id, describe(fault), fault.by, fault.healBy ?? 'never', fault.means]);
  context.output.result(
    { schema: 1, faults },
    faults.length === 0 ? 'no fault is active' : table(['fault', 'what', 'by', 'undone at', 'mechanism'], rows),
  );
  return 0;
}

/** A fault in a few words. */
export function describe({ id, fault }: ActiveFault): string {
  if (fault.do === 'power-off') return `${id}: ${fault.hosts.join(', ')} off`;
  const links = fault.links.map(number => `l${number}`).join(', ');
  return fault.do === 'cut'
    ? `${id}: ${links} cut`
    : `${id}: ${links} impaired (${Object.entries(fault.impairment)
        .map(([what, value]) => `${what} ${value}`)
        .join(', ')})`;
}
