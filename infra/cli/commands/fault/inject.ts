import type { Fault, Impairment } from '../../../fabric/fabric.js';
import { refuseDuringDrill } from '../../../fabric/locks/drill.js';
import type { RunningCity } from '../../../fabric/realisation.js';
import type { Context, ExitCode } from '../../command.js';
import { usage } from '../../failure.js';
import { callFor } from '../../place.js';
import { openRunningCity } from '../../running-city.js';
import { describe } from './list.js';
import { hostsFor, linksFor } from './targets.js';

interface Timed {
  readonly for?: number;
}
interface Impairing extends Timed {
  readonly loss?: number;
  readonly rate?: number;
  readonly delay?: number;
}

/** `fault cut`. */
export async function cut(context: Context, target: string, options: Timed): Promise<ExitCode> {
  const running = await openRunningCity(context);
  return inject(context, running, { do: 'cut', links: linksFor(running, target) }, options);
}

/** `fault impair`. */
export async function impair(context: Context, target: string, options: Impairing): Promise<ExitCode> {
  const running = await openRunningCity(context);
  const impairment: Impairment = {
    ...(options.loss === undefined ? {} : { lossRatio: options.loss }),
    ...(options.rate === undefined ? {} : { rateBps: options.rate }),
    ...(options.delay === undefined ? {} : { delayMs: options.delay }),
  };
  if (Object.keys(impairment).length === 0)
    throw usage('impair', 'nothing to impair was named', 'give at least one of --loss, --rate, --delay');
  return inject(context, running, { do: 'impair', links: linksFor(running, target), impairment }, options);
}

/** `fault power-off`. */
export async function powerOff(context: Context, target: string, options: Timed): Promise<ExitCode> {
  const running = await openRunningCity(context);
  return inject(context, running, { do: 'power-off', hosts: hostsFor(running, target) }, options);
}

async function inject(context: Context, { fabric, drillsFolder }: RunningCity, fault: Fault, options: Timed): Promise<ExitCode> {
  await refuseDuringDrill(drillsFolder);
  const active = await fabric.inject(fault, { by: 'operator', ...(options.for === undefined ? {} : { healAfterSeconds: options.for }) });
  context.output.result(active, `${describe(active)}, by ${active.means}\nundo it with: ${callFor(context)} fault heal ${active.id}`);
  return 0;
}
