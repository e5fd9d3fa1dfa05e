import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Drill, DrillPlan } from '../../../runbooks/drill/drill.js';
import { type EngineOptions, type Finished, recover as recoverRun, runDrill } from '../../../runbooks/drill/engine.js';
import type { Stage } from '../../../runbooks/drill/run.js';
import { TRANSITIONS, type Transition } from '../../../runbooks/drill/transitions.js';
import { DRILLS } from '../../../runbooks/drills/drills.js';
import { entriesOf } from '../../../runbooks/evidence/chain.js';
import { FILES, readEvidence } from '../../../runbooks/evidence/evidence.js';
import { readJournal } from '../../../runbooks/evidence/journal.js';
import { findingWords } from '../../../runbooks/evidence/report/machine.js';
import { markdown } from '../../../runbooks/evidence/report/markdown.js';
import { LANGUAGES, type Language } from '../../../runbooks/evidence/report/words.js';
import { damageOf, doubtsOf } from '../../../runbooks/judge/doubts.js';
import { type Judgement, judge as judgeEvidence } from '../../../runbooks/judge/judge.js';
import type { OutageRow } from '../../../runbooks/judge/rows.js';
import { exitCodeOf, type Verdict } from '../../../runbooks/judge/verdict.js';
import { load } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import { InputError, WorldError } from '../../city/problem.js';
import type { RunningCity } from '../../fabric/realisation.js';
import { topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { inventoryArgument, inventoryOf } from '../place.js';
import { openRunningCity, realisationOf } from '../running-city.js';
import { table } from '../table.js';

const EXAMPLES = `
Examples:
  citydc drill run site-loss
  citydc drill report --lang en
  citydc drill judge .citydc/drills/site-loss-20261123T081547Z`;

export function configure(command: Command, invoke: Invoke): void {
  command.addHelpText('after', EXAMPLES);
  const named = (sub: Command) => sub.argument('<drill>', `one of: ${DRILLS.map(({ name }) => name).join(', ')}`, drillNamed);
  const add = (name: string, summary: string, example: string) =>
    command.command(name).summary(summary).description(`${summary}.`).addHelpText('after', `\nExample:\n  citydc drill ${example}`);

  add('list', 'the drills, and the runs whose evidence is here', 'list').action(invoke(list));
  named(add('plan', 'what a drill would break, and what it would be judged by', 'plan site-loss'))
    .addArgument(inventoryArgument())
    .action(invoke(plan));
  named(add('run', 'breaks the running city, watches, repairs, judges', 'run site-loss'))
    .addOption(killOption())
    .action(invoke(run));
  add('recover', 'undoes what a killed drill left behind', 'recover').addOption(killOption()).action(invoke(recover));
  add('report', "a run's report; the latest without a name", 'report site-loss-20261123T081547Z --lang en')
    .argument('[run]', 'name or folder of a run')
    .addOption(new Option('--lang <language>', 'language of the report').choices(LANGUAGES).default('vi'))
    .action(invoke(report));
  add('judge', 'judges stored evidence again', 'judge .citydc/drills/site-loss-20261123T081547Z')
    .argument('<run>', 'name or folder of a run')
    .action(invoke(judge));
}

/** For the test that kills the engine after every state: no person needs it. */
const killOption = (): Option =>
  new Option('--kill-after <transition>', 'SIGKILL itself when this state is on disk').choices(TRANSITIONS).hideHelp();

function drillNamed(name: string): Drill {
  const found = DRILLS.find(drill => drill.name === name);
  if (found === undefined) throw new InvalidArgumentError(`there are: ${DRILLS.map(drill => drill.name).join(', ')}`);
  return found;
}

async function list(context: Context): Promise<ExitCode> {
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

interface PastRun {
  readonly run: string;
  readonly verdict: Verdict | 'not closed';
}

/** Oldest first: a run's name starts with its drill and goes on with its time. */
async function runsIn(drillsFolder: string): Promise<readonly PastRun[]> {
  const names = await readdir(drillsFolder).catch(() => []);
  const runs = names.filter(name => existsSync(join(drillsFolder, name, FILES.journal))).toSorted();
  return Promise.all(runs.map(async run => ({ run, verdict: await verdictOf(join(drillsFolder, run)) })));
}

async function verdictOf(folder: string): Promise<PastRun['verdict']> {
  const { entries } = readJournal(await readFile(join(folder, FILES.journal), 'utf8').catch(() => ''));
  return entriesOf(entries, 'closed')[0]?.verdict ?? 'not closed';
}

async function plan(context: Context, drill: Drill, given: string | undefined): Promise<ExitCode> {
  const planned = drill.plan(topologyOf(load(await readInventory(inventoryOf(context, given)))), context.fabric);
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
      ['system', 'state', 'asked every (ms)', 'outage at most (s)', 'writes lost at most (s)'],
      planned.systems.map(({ key, state, intervalMs, objective }) => [key, state, intervalMs, objective.rtoSeconds, objective.rpoSeconds]),
    ),
    ...(planned.powerReturn === undefined
      ? []
      : [`return of power, and whatever comes later: at most ${planned.powerReturn.rtoSeconds} s of outage each`]),
    `planned way back: at most ${planned.failback.rtoSeconds} s of outage, nothing lost`,
  ].join('\n');

interface Killing {
  readonly killAfter?: Transition;
}

async function run(context: Context, drill: Drill, options: Killing): Promise<ExitCode> {
  const running = await openRunningCity(context);
  return tell(context, await runDrill(drill, running.topology, stageOf(context, running), engineOptions(context, options)));
}

async function recover(context: Context, options: Killing): Promise<ExitCode> {
  const running = await openRunningCity(context);
  const finished = await recoverRun(stageOf(context, running), running.topology, engineOptions(context, options));
  if (finished === undefined) {
    context.output.result({ schema: 1, recovered: null }, 'nothing is left over from a drill');
    return 0;
  }
  const { run: recovered, folder, closedAs } = finished;
  context.output.result({ schema: 1, recovered, folder, verdict: closedAs }, recoveredWords(finished));
  return 0;
}

/** What is said of a recovered run: one that was killed after it was judged keeps its verdict. */
export const recoveredWords = ({ run: id, closedAs }: Pick<Finished, 'run' | 'closedAs'>): string =>
  `recovered: ${id} is closed as ${closedAs}`;

const engineOptions = (context: Context, { killAfter }: Killing): EngineOptions => ({
  signal: context.interrupted(),
  onTransition: transition => {
    if (transition === killAfter) process.kill(process.pid, 'SIGKILL');
  },
});

const stageOf = ({ output }: Context, { fabric, checks, drillsFolder }: RunningCity): Stage => ({
  fabric,
  checks,
  drillsFolder,
  nowMs: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  progress: output.progress,
  note: output.note,
});

function tell(context: Context, { folder, judgement }: Pick<Finished, 'folder' | 'judgement'>, doubts: readonly string[] = []): ExitCode {
  context.output.result({ folder, ...judgement, doubts }, `${summary(judgement)}\nevidence and reports: ${folder}`);
  noteDoubts(context, judgement, doubts);
  return doubts.length === 0 ? exitCodeOf(judgement.verdict) : 3;
}

function noteDoubts({ output }: Context, { run: id }: Judgement, doubts: readonly string[]): void {
  for (const doubt of doubts) output.note(`${id} proves nothing: ${doubt}`);
}

function summary(judgement: Judgement): string {
  const { run: id, verdict, brokenOff, criteria, outages, powerReturn, failback, later, losses } = judgement;
  const cells = (rows: readonly OutageRow[], key: string) => {
    const row = rows.find(({ system }) => system === key);
    return [seconds(row?.worst), row?.verdict ?? '-'];
  };
  const rows = outages.map(({ system, objectiveSeconds = '-' }) => {
    const loss = losses.find(row => row.system === system);
    const written = [loss?.lost.length ?? '-', loss?.verdict ?? '-'];
    return [
      system,
      objectiveSeconds,
      ...cells(outages, system),
      ...written,
      ...[powerReturn, failback, later].flatMap(each => cells(each, system)),
    ];
  });
  const judged = ['outage (s)', 'writes lost', 'power back (s)', 'way back (s)', 'later (s)'];
  return [
    table(['system', 'at most', ...judged.flatMap(head => [head, 'verdict'])], rows),
    ...criteria
      .filter(each => each.verdict !== 'pass')
      .map(each => `${each.id}: ${each.verdict} (${each.findings.slice(0, 3).join('; ')})`),
    ...machineSentences([...outages, ...powerReturn, ...failback, ...later]),
    `${id}: ${verdict}${brokenOff === undefined ? '' : ` (${brokenOff})`}`,
  ].join('\n');
}

/** Each once: that the machine was late, not the city. */
const machineSentences = (rows: readonly OutageRow[]): readonly string[] => [
  ...new Set(rows.flatMap(({ machine }) => (machine === undefined ? [] : [`machine: ${findingWords(machine, 'en')}`]))),
];

const seconds = (outage: number | string | undefined): string => (typeof outage === 'number' ? outage.toFixed(2) : (outage ?? '-'));

async function report(context: Context, name: string | undefined, { lang }: { lang: Language }): Promise<ExitCode> {
  const evidence = await readEvidence(await folderOf(context, name));
  const judgement = judgeEvidence(evidence);
  const doubts = doubtsOf(evidence, judgement.verdict);
  context.output.result({ ...judgement, doubts }, markdown(judgement, lang, doubts));
  noteDoubts(context, judgement, doubts);
  return doubts.length === 0 ? 0 : 3;
}

async function judge(context: Context, name: string): Promise<ExitCode> {
  const folder = await folderOf(context, name);
  const evidence = await readEvidence(folder);
  const damage = damageOf(evidence.journal);
  if (damage !== undefined)
    throw new WorldError(`${evidence.run} is not judged: ${damage}`, { hint: 'run the drill again for evidence that counts' });
  const judgement = judgeEvidence(evidence);
  return tell(context, { folder, judgement }, doubtsOf(evidence, judgement.verdict));
}

/** A run by its folder, or by its name among those of this city. @throws {InputError} when there is none at all */
async function folderOf(context: Context, name: string | undefined): Promise<string> {
  const drills = (await realisationOf(context)).drillsFolder;
  if (name !== undefined) return existsSync(join(name, FILES.journal)) ? resolve(name) : join(drills, name);
  const latest = (await runsIn(drills)).at(-1);
  if (latest !== undefined) return join(drills, latest.run);
  throw new InputError([{ rule: 'usage', path: 'run', message: 'no drill has been run here yet', hint: 'citydc drill run site-loss' }]);
}
