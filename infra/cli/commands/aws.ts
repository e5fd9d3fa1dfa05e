import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { describeChange } from '../../../runbooks/handover/change.js';
import type { Cloud } from '../../../runbooks/handover/cloud.js';
import { isReached, type Planned, performHandover, planHandover } from '../../../runbooks/handover/engine.js';
import { fencesOf } from '../../../runbooks/handover/fence.js';
import { type Handover, titleOf, type Verb } from '../../../runbooks/handover/handover.js';
import type { Closed } from '../../../runbooks/handover/record.js';
import { isWriter, servingOf } from '../../../runbooks/handover/serving.js';
import type { SiteFacts, Situation } from '../../../runbooks/handover/situation.js';
import { type Choices, deploymentOf } from '../../aws/plan/deployment.js';
import type { Place } from '../../aws/plan/names.js';
import { loadLocated } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import { InputError, WorldError } from '../../city/problem.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { inventoryArgument, inventoryOf, rootOf } from '../place.js';
import { table } from '../table.js';

const EXAMPLES = `
Without --execute nothing is changed: the plan is printed. A run that was killed goes on when it is run again.

Examples:
  citydc aws status --account 123456789012
  citydc aws failover --account 123456789012
  citydc aws failover --account 123456789012 --execute`;

export function configure(command: Command, invoke: Invoke): void {
  command.addHelpText('after', EXAMPLES);
  const add = (name: string, summary: string) =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary}.`)
      .addArgument(inventoryArgument())
      .option('--account <digits>', "in place of the inventory's")
      .option('--endpoint <url>', "in place of AWS's own, as AWS_ENDPOINT_URL")
      .option('--serving <site>', 'the site that serves, when both databases take writes and nothing tells; with --execute it is marked')
      .addHelpText('after', `\nExample:\n  citydc aws ${name} can-tho-2022 --account 123456789012`);
  const acting = (name: Verb, summary: string) =>
    add(name, summary).addOption(new Option('--execute', 'do it; else only the plan is printed').default(false));

  add('status', 'what stands at both sites: who writes, who is let in, where names lead').action(invoke(status));
  acting('failover', 'fence the site that serves, promote the copy at the other, start applications, turn names')
    .option('--to <site>', 'the site to take over (default: the backup)')
    .option(
      '--primary-unreachable',
      'the site that is left does not answer and cannot be fenced: you answer for what it still writes',
      false,
    )
    .option(...ACCEPT_UNFENCED)
    .option(...ACCEPT_LOSS)
    .action(invoke(run('failover')));
  acting('failback', 'the same by plan, back to the primary; its database must be a copy by then')
    .option(...ACCEPT_UNFENCED)
    .option(...ACCEPT_LOSS)
    .action(invoke(run('failback')));
  acting('rebuild', 'make a copy again at the site that was left; its former database is kept under another name').action(
    invoke(run('rebuild')),
  );
}

const ACCEPT_UNFENCED = [
  '--accept-unfenced',
  'the database that is left answers, but cannot be restarted (storage-full, incompatible-network …): what whoever is in it still writes is in it only, never in the copy',
  false,
] as const;
const ACCEPT_LOSS = [
  '--accept-loss',
  'do not wait until the copy has everything: what it has not received is in the database that is left only',
  false,
] as const;

interface Options {
  readonly account?: string;
  readonly endpoint?: string;
  readonly execute?: boolean;
  readonly to?: string;
  readonly primaryUnreachable?: boolean;
  readonly acceptUnfenced?: boolean;
  readonly acceptLoss?: boolean;
  readonly serving?: string;
}

const run =
  (verb: Verb) =>
  async (context: Context, inventory: string | undefined, options: Options): Promise<ExitCode> => {
    const signal = context.interrupted();
    const handover = await handoverOf(verb, inventory, options, context);
    if (options.execute !== true)
      return tellPlan(context, handover, await planHandover(handover, await cloudOf(handover, options), signal));
    const where = { folder: join(rootOf(context), 'aws'), signal };
    const pace = { nowMs, sleep: pause, progress: context.output.progress, note: context.output.note };
    const done = await performHandover(handover, await cloudOf(handover, options), pace, where);
    return tellDone(context, handover, done);
  };

const nowMs = (): number => performance.timeOrigin + performance.now();
const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

/** The SDK is loaded when AWS is asked. */
const cloudOf = async (handover: Handover, { endpoint }: Options): Promise<Cloud> =>
  (await import('../../../runbooks/handover/sdk/cloud.js')).awsCloud(handover, endpoint === undefined ? {} : { endpoint }, nowMs);

async function handoverOf(verb: Verb, inventory: string | undefined, options: Options, context: Context): Promise<Handover> {
  const { city, locate } = loadLocated(await readInventory(inventoryOf(context, inventory)), dayOf(context));
  const choices: Choices = options.account === undefined ? {} : { account: options.account };
  const { primary, backup, ...deployment } = deploymentOf(city, choices, locate);
  const wanted = verb === 'failback' ? titleOf(primary) : (options.to ?? titleOf(backup));
  const sites = [primary, backup];
  const chosen = siteNamed(wanted, sites, '--to');
  const other = chosen === primary ? backup : primary;
  const accepted = {
    unreachable: options.primaryUnreachable === true,
    unfenced: options.acceptUnfenced === true,
    loss: options.acceptLoss === true,
    serving: options.serving === undefined ? undefined : siteNamed(options.serving, sites, '--serving'),
  };
  const handover = { verb, city: deployment.city, from: other, to: chosen, ...accepted };
  return verb === 'rebuild' ? rebuilt(handover, options, context) : handover;
}

function siteNamed(wanted: string, sites: readonly Place[], option: string): Place {
  const found = sites.find(place => titleOf(place) === wanted);
  if (found === undefined) throw noSuchSite(wanted, sites.map(titleOf), option);
  return found;
}

const noSuchSite = (found: string, sites: readonly string[], path: string): InputError =>
  new InputError([{ rule: 'usage', path, message: `there is no site '${found}' on AWS`, hint: `one of: ${sites.join(', ')}` }]);

/** What is rebuilt is the site that does not serve. */
async function rebuilt(handover: Handover, options: Options, { output, interrupted }: Context): Promise<Handover> {
  output.progress('looking who serves');
  const serving = saidOrFound(handover, await (await cloudOf(handover, options)).look(interrupted()));
  if (serving instanceof WorldError) throw serving;
  return serving === handover.to ? handover : { ...handover, from: handover.to, to: handover.from };
}

/** What somebody says counts where nothing else does, and never against it. */
function saidOrFound(handover: Handover, situation: Situation): Place | WorldError {
  const found = servingOf(situation);
  if (found === 'from' || found === 'to') return agreed(handover, handover[found]);
  const said = (['from', 'to'] as const).find(end => handover[end] === handover.serving);
  if (said !== undefined && isWriter(situation[said].database)) return handover[said];
  return new WorldError(`nothing tells which site serves: ${found.undecided}`, { hint: WHO });
}

const agreed = ({ serving }: Handover, found: Place): Place | WorldError =>
  serving === undefined || serving === found
    ? found
    : new WorldError(`${titleOf(found)} serves, not ${titleOf(serving)}`, { hint: 'run it again without --serving' });

const WHO = 'find out which one offices write to (citydc aws status), then say it: --serving s1, or --serving s2';

function tellPlan({ output }: Context, handover: Handover, steps: readonly Planned[]): ExitCode {
  const refused = steps.filter(step => step.refused !== undefined);
  const rows = steps.map(step => [step.title, step.found, stateOfStep(step)]);
  const open = steps.some(step => !isReached(step));
  const next = open ? 'nothing was changed; to do it: the same with --execute' : 'nothing is left to do';
  const from = titleOf(handover.from);
  output.result(
    { schema: 1, verb: handover.verb, from, to: titleOf(handover.to), steps },
    `${table(['step', 'found', 'would'], rows)}\n${next}`,
  );
  // A step that only the ones before it make possible is no problem yet.
  return refused.length > 0 && steps.findIndex(step => !isReached(step)) === steps.indexOf(refused[0] as Planned) ? 1 : 0;
}

function stateOfStep({ refused, changes, waiting }: Planned): string {
  if (refused !== undefined) return `not yet: ${refused.hint}`;
  if (changes.length > 0) return changes.map(describeChange).join('; ');
  return waiting.length > 0 ? 'wait' : '-';
}

function tellDone(
  { output }: Context,
  { verb }: Handover,
  done: { readonly folder: string; readonly closed: Closed } | undefined,
): ExitCode {
  if (done === undefined) {
    output.result({ schema: 1, verb, steps: [] }, 'nothing was left to do');
    return 0;
  }
  const rows = done.closed.steps.map(({ step, seconds, changes }) => [step, seconds, changes]);
  output.result(
    { folder: done.folder, ...done.closed },
    `${table(['step', 'seconds', 'changes'], rows)}\n${done.closed.seconds} s in all; evidence: ${done.folder}`,
  );
  return 0;
}

async function status(context: Context, inventory: string | undefined, options: Options): Promise<ExitCode> {
  const handover = await handoverOf('failover', inventory, options, context);
  const situation = await (await cloudOf(handover, options)).look(context.interrupted());
  const serving = saidOrFound(handover, situation);
  const sites = (
    [
      ['from', handover.from],
      ['to', handover.to],
    ] as const
  ).map(([end, place]) => ({
    site: titleOf(place),
    region: place.region,
    serves: serving === place,
    fences: fencesOf(situation[end]),
    names: namesAt(situation, place),
    ...situation[end],
  }));
  context.output.result(
    { schema: 1, sites, ...(serving instanceof WorldError ? { undecided: serving.message } : {}) },
    table(['site', 'region', 'serves', 'database', 'applications', 'let in', 'names'], sites.map(row)),
  );
  if (!(serving instanceof WorldError)) return 0;
  context.output.note(`${serving.message}\n${serving.hint}`);
  return 3;
}

/** How many health checks say what; undefined when Route 53 does not answer. */
function namesAt({ checks }: Situation, { prefix }: Place): Readonly<Record<string, number>> | undefined {
  const held = checks?.filter(({ alarm }) => alarm.startsWith(`${prefix}-`)).map(({ held }) => held ?? 'otherwise');
  return held && Object.fromEntries([...new Set(held)].map(each => [each, held.filter(other => other === each).length]));
}

const row = (
  site: SiteFacts & {
    readonly site: string;
    readonly region: string;
    readonly serves: boolean;
    readonly names: ReturnType<typeof namesAt>;
  },
) => [
  site.site,
  site.region,
  site.serves ? 'yes' : 'no',
  databaseWords(site.database),
  site.services === undefined
    ? 'no answer'
    : `${site.services.filter(({ running, desired }) => desired > 0 && running >= desired).length} run`,
  site.ingress === undefined ? 'no answer' : site.ingress.length,
  namesWords(site.names),
];

const NAMES: Readonly<Record<string, string>> = { alarm: 'by alarm', here: 'held here', away: 'held away', otherwise: 'set by others' };
const namesWords = (names: ReturnType<typeof namesAt>): string =>
  names === undefined
    ? 'no answer'
    : Object.entries(names)
        .map(([hold, count]) => `${count} ${NAMES[hold]}`)
        .join(', ');

function databaseWords(database: SiteFacts['database']): string {
  if (database === undefined) return 'no answer';
  if (database === null) return 'none';
  return `${database.copyOf === undefined ? 'takes writes' : 'copy'}, ${database.status}${database.fencedSinceMs === undefined ? '' : ', fenced'}`;
}
