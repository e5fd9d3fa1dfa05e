import type { Finished } from '../../../../runbooks/drill/engine.js';
import { findingWords } from '../../../../runbooks/evidence/report/machine.js';
import type { Judgement } from '../../../../runbooks/judge/judge.js';
import type { OutageRow } from '../../../../runbooks/judge/rows.js';
import { exitCodeOf } from '../../../../runbooks/judge/verdict.js';
import type { Context, ExitCode } from '../../command.js';
import { table } from '../../table.js';

/**
 * Prints a judged run: its table as the result, its doubts as notes.
 *
 * @returns 3 when there is a doubt, because then it proves nothing; else the verdict's code
 */
export function reportRun(
  context: Context,
  { folder, judgement }: Pick<Finished, 'folder' | 'judgement'>,
  doubts: readonly string[] = [],
): ExitCode {
  context.output.result({ folder, ...judgement, doubts }, `${summary(judgement)}\nevidence and reports: ${folder}`);
  noteDoubts(context, judgement, doubts);
  return doubts.length === 0 ? exitCodeOf(judgement.verdict) : 3;
}

export function noteDoubts({ output }: Context, { run: id }: Judgement, doubts: readonly string[]): void {
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
  const judged = ['outage (s)', 'writes lost', 'power back (s)', 'failback (s)', 'later (s)'];
  return [
    table(['system', 'at most', ...judged.flatMap(head => [head, 'verdict'])], rows),
    ...criteria
      .filter(each => each.verdict !== 'pass')
      .map(each => `${each.id}: ${each.verdict} (${each.findings.slice(0, 3).join('; ')})`),
    ...machineSentences([...outages, ...powerReturn, ...failback, ...later]),
    `${id}: ${verdict}${brokenOff === undefined ? '' : ` (${brokenOff})`}`,
  ].join('\n');
}

/** Each finding of a late machine, once. */
const machineSentences = (rows: readonly OutageRow[]): readonly string[] => [
  ...new Set(rows.flatMap(({ machine }) => (machine === undefined ? [] : [`machine: ${findingWords(machine, 'en')}`]))),
];

const seconds = (outage: number | string | undefined): string => (typeof outage === 'number' ? outage.toFixed(2) : (outage ?? '-'));
