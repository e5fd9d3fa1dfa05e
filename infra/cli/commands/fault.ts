import { type Command, InvalidArgumentError } from 'commander';
import type { LinkNumber } from '../../city/identity.js';
import { rateBps } from '../../city/load/cells.js';
import { wordHint } from '../../city/load/hint.js';
import type { City } from '../../city/model.js';
import { linkName, nodeName } from '../../city/model.js';
import { InputError } from '../../city/problem.js';
import type { ActiveFault, Fault, Impairment } from '../../fabric/fabric.js';
import { refuseDuringDrill } from '../../fabric/locks/drill.js';
import type { RunningCity } from '../../fabric/realisation.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { callFor } from '../place.js';
import { openRunningCity } from '../running-city.js';
import { table } from '../table.js';
import { findHost } from './exec.js';

export function configure(command: Command, invoke: Invoke): void {
  const timed = (sub: Command) => sub.option('--for <seconds>', 'undone by itself after so long', seconds);
  const link =
    'a link (l207), or a node whose links all fail: a site (s1), an aggregation node (n67), an office (e131, or its code or name)';
  timed(command.command('cut').summary('packets vanish in silence, both ways').argument('<target>', link)).action(invoke(cut));
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
  command.command('list').summary('the faults in force').action(invoke(list));
}

interface Timed {
  readonly for?: number;
}
interface Impairing extends Timed {
  readonly loss?: number;
  readonly rate?: number;
  readonly delay?: number;
}

async function cut(context: Context, target: string, options: Timed): Promise<ExitCode> {
  const running = await openRunningCity(context);
  return inject(context, running, { do: 'cut', links: linksFor(running, target) }, options);
}

async function impair(context: Context, target: string, options: Impairing): Promise<ExitCode> {
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

async function powerOff(context: Context, target: string, options: Timed): Promise<ExitCode> {
  const running = await openRunningCity(context);
  return inject(context, running, { do: 'power-off', hosts: hostsFor(running, target) }, options);
}

async function inject(context: Context, { fabric, drillsFolder }: RunningCity, fault: Fault, options: Timed): Promise<ExitCode> {
  await refuseDuringDrill(drillsFolder);
  const active = await fabric.inject(fault, { by: 'operator', ...(options.for === undefined ? {} : { healAfterSeconds: options.for }) });
  context.output.result(active, `${describe(active)}, by ${active.means}\nundo it with: ${callFor(context)} fault heal ${active.id}`);
  return 0;
}

async function heal(context: Context, target: string | undefined): Promise<ExitCode> {
  const running = await openRunningCity(context);
  await refuseDuringDrill(running.drillsFolder);
  const active = await running.fabric.faults();
  const meant = target === undefined ? active : active.filter(fault => concerns(running, fault, target));
  if (target !== undefined && meant.length === 0)
    throw usage(target, 'no fault in force has this id or concerns it', `in force: ${active.map(({ id }) => id).join(', ') || 'none'}`);
  const healed = await running.fabric.heal(meant.map(({ id }) => id));
  context.output.result(
    { schema: 1, healed },
    healed.length === 0 ? 'no fault was in force' : `undone: ${healed.map(describe).join('; ')}`,
  );
  return 0;
}

async function list(context: Context): Promise<ExitCode> {
  const { fabric } = await openRunningCity(context);
  const faults = await fabric.faults();
  const rows = faults.map(fault => [fault.id, describe(fault), fault.by, fault.healBy ?? 'never', fault.means]);
  context.output.result(
    { schema: 1, faults },
    faults.length === 0 ? 'no fault in force' : table(['fault', 'what', 'by', 'undone by itself', 'means'], rows),
  );
  return 0;
}

function describe({ id, fault }: ActiveFault): string {
  if (fault.do === 'power-off') return `${id}: ${fault.hosts.join(', ')} off`;
  const links = fault.links.map(number => `l${number}`).join(', ');
  return fault.do === 'cut'
    ? `${id}: ${links} cut`
    : `${id}: ${links} impaired (${Object.entries(fault.impairment)
        .map(([what, value]) => `${what} ${value}`)
        .join(', ')})`;
}

function concerns({ city }: RunningCity, { id, fault }: ActiveFault, target: string): boolean {
  if (id === target) return true;
  if (fault.do !== 'power-off') return fault.links.some(number => linksNamed(city, target).includes(number));
  return fault.hosts.some(host => host === target || host.startsWith(`${target}-`));
}

/** The links that a word names: one by its name, or all of a node. */
const linksNamed = (city: City, target: string): readonly LinkNumber[] => {
  const nodes = [...city.sites, ...city.aggregations, ...city.externals, ...city.endpoints];
  const node = nodes.find(candidate => nodeName(candidate) === target);
  return city.links
    .filter(link => linkName(link) === target || (node !== undefined && link.ends.includes(node.number)))
    .map(({ number }) => number);
};

function linksFor({ city, topology }: RunningCity, target: string): readonly LinkNumber[] {
  const named = linksNamed(city, target);
  if (named.length > 0) return named;
  if (/^l\d+$/.test(target)) throw usage(target, 'there is no such link', wordHint(target, city.links.map(linkName)));
  const host = findHost(topology, target);
  const links = linksNamed(city, host);
  if (links.length === 0)
    throw usage(target, `${host} is a machine inside a site`, 'cut a link or the whole site (s1), or power the machine off');
  return links;
}

function hostsFor({ topology }: RunningCity, target: string): readonly string[] {
  const atSite = topology.machines.filter(({ name, slot }) => slot !== undefined && name.startsWith(`${target}-`)).map(({ name }) => name);
  return atSite.length > 0 ? atSite : [findHost(topology, target)];
}

const usage = (path: string, message: string, hint: string): InputError => new InputError([{ rule: 'usage', path, message, hint }]);

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
