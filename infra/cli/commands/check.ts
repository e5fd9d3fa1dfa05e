import { join } from 'node:path';
import type { Command } from 'commander';
import { FAMILIES } from '../../city/addresses.js';
import { type CheckReport, checkCity } from '../../city/check.js';
import { loadLocated } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, packageRoot, readInventory } from '../../city/load/read.js';
import type { City } from '../../city/model.js';
import { formatProblem, InputError } from '../../city/problem.js';
import type { Examination } from '../../city/rules/rule.js';
import { DEMANDS, examineSegmentation, OF } from '../../site/filtering/examine.js';
import { topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { describeMatrix, proveMatrix } from '../matrix.js';
import { openRunningCity } from '../running-city.js';
import { table } from '../table.js';
import { today } from '../today.js';

export function configure(command: Command, invoke: Invoke): void {
  command
    .argument('[inventory]', 'a folder, or the name of a shipped inventory', DEFAULT_INVENTORY)
    .option('--today <date>', "the day on which acceptances are judged, as 2027-12-31 (default: the city's today)")
    .option('--matrix-lab', 'try every cell of the allowed-flows matrix in the running city by real connections, instead')
    .action(invoke(check));
}

interface Options {
  readonly today?: string;
  readonly matrixLab?: true;
}

async function check(context: Context, inventory: string, options: Options): Promise<ExitCode> {
  if (options.matrixLab) return matrixAgainstLab(context);
  const { city, locate } = loadLocated(await readInventory(inventory));
  const day = options.today === undefined ? today(city, context) : checkedDate(options.today);
  const report = withSegmentation(checkCity(city, day, locate), examineSegmentation(topologyOf(city)));
  context.output.result({ schema: 1, inventory: city.id, today: day, ...report }, describe(city, report));
  return report.problems.length === 0 ? 0 : 1;
}

/** Filters are rendered a storey above the city's own rules. */
const withSegmentation = (report: CheckReport, { findings, cases }: Examination): CheckReport => ({
  ...report,
  problems: [...report.problems, ...findings],
  checked: [...report.checked, { rule: 'segmentation', demands: DEMANDS, cases, of: OF, findings: findings.length }],
});

async function matrixAgainstLab(context: Context): Promise<ExitCode> {
  const { city, topology, fabric } = await openRunningCity(context);
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

function checkedDate(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InputError([{ rule: 'usage', path: '--today', message: `'${text}' is not a date`, hint: 'write it as 2027-12-31' }]);
}

function describe(city: City, report: CheckReport): string {
  const { problems, accepted, checked, counts, assumed } = report;
  const parts = [
    `${city.id}: ${city.name.vi} (${city.name.en})`,
    table(['element', 'count'], Object.entries(counts)),
    table(
      ['checked', 'cases', 'findings'],
      checked.map(({ demands, cases, of, findings }) => [demands, `${cases} ${of}`, findings]),
    ),
    accepted.length === 0
      ? ''
      : table(
          ['accepted', 'scope', 'findings', 'until', 'reason'],
          accepted.map(({ rule, scope, findings, expires, reason }) => [rule, scope, findings.length, expires, reason]),
        ),
    table(['assumed, confirmed by nobody', 'facts'], [...Object.entries(assumed), ['total', assumedTotal(report)]]),
    problems.map(formatProblem).join('\n'),
    verdict(report),
  ];
  return parts.filter(part => part !== '').join('\n');
}

/** What came of a check, in one line. */
export function verdict({ problems: { length: problems }, accepted }: CheckReport): string {
  const count = problems === 0 ? 'no problems' : problems === 1 ? '1 problem' : `${problems} problems`;
  return `${count}, ${accepted.flatMap(({ findings }) => findings).length} accepted findings`;
}

const assumedTotal = ({ assumed }: CheckReport): number => Object.values(assumed).reduce((sum, facts) => sum + facts, 0);
