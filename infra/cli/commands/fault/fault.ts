import { type Command, InvalidArgumentError } from 'commander';
import { rateBps } from '../../../city/load/cells.js';
import type { Invoke } from '../../command.js';
import { heal } from './heal.js';
import { cut, impair, powerOff } from './inject.js';
import { list } from './list.js';

export function configure(command: Command, invoke: Invoke): void {
  const timed = (sub: Command) => sub.option('--for <seconds>', 'undone automatically after so many seconds', seconds);
  const link =
    'a link (l207), or a node whose links all fail: a site (s1), an aggregation node (n67), an office (e131, or its code or name)';
  timed(command.command('cut').summary('drop all packets of a line silently, in both directions').argument('<target>', link)).action(
    invoke(cut),
  );
  timed(command.command('impair').summary('make a line bad: loss, rate, delay').argument('<target>', link))
    .option('--loss <percent>', 'packets lost, 0 to 100', percent)
    .option('--rate <rate>', "as '2 Mbit/s'", rate)
    .option('--delay <ms>', 'added each way, milliseconds (needs netem)', milliseconds)
    .action(invoke(impair));
  timed(
    command
      .command('power-off')
      .summary('switch a host or a whole site off')
      .argument('<target>', 'a host (e131, s1-database1) or a site (s1)'),
  ).action(invoke(powerOff));
  command
    .command('heal')
    .summary('undo one fault, or all')
    .argument('[target]', 'a fault (f1), or a link or host that it concerns')
    .action(invoke(heal));
  command.command('list').summary('the active faults').action(invoke(list));
}

const numberIn =
  (least: number, most: number, what: string) =>
  (text: string): number => {
    const value = Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`give ${what} from ${least} to ${most}`);
    return value;
  };
const seconds = numberIn(1, 86_400, 'seconds');
const milliseconds = numberIn(0.1, 60_000, 'milliseconds');
const percent = (text: string): number => numberIn(0, 100, 'percent')(text) / 100;
function rate(text: string): number {
  const parsed = rateBps.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError("give a rate with its unit, as '2 Mbit/s'");
  return parsed.data;
}
