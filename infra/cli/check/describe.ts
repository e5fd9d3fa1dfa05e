/** What a check found, as text for a terminal. */

import type { CheckReport } from '../../city/check.js';
import { grouped } from '../../city/grouped.js';
import type { City } from '../../city/model.js';
import { formatProblem } from '../../city/problem.js';
import { showRate } from '../../city/rules/lines-have-room.js';
import { table } from '../table.js';

/** Of long lists, so many are shown; `--json` has all. */
const SHOWN = 10;

export function describe(city: City, report: CheckReport): string {
  const { problems, checked, counts } = report;
  const parts = [
    `${city.id}: ${city.name.vi} (${city.name.en})`,
    table(['element', 'count'], Object.entries(counts)),
    table(
      ['checked', 'cases', 'findings'],
      checked.map(({ demands, cases, of, findings }) => [demands, `${cases} ${of}`, findings]),
    ),
    doubleFailures(report),
    withoutWriter(report),
    fullestLines(report),
    accepted(report),
    assumed(report),
    problems.map(formatProblem).join('\n'),
    verdict(report),
  ];
  return parts.filter(part => part !== '').join('\n');
}

function doubleFailures({ doubleFailures: { cases, tried, cutting, effects } }: CheckReport): string {
  if (effects.length === 0) return '';
  const rows = effects.slice(0, SHOWN).map(({ pairs, lost }) => [pairs[0]?.join(' and ') ?? '', pairs.length, lost]);
  const heading = `two failures at once: all ${cases} pairs, of which ${tried} meet and were tried; ${cutting} cut what neither alone cuts`;
  return [heading, table(['as', 'pairs', 'then'], rows), more(effects.length, 'effects')].join('\n');
}

/** By reason, with the first cases that it explains. */
function withoutWriter({ withoutWriter: cases }: CheckReport): string {
  if (cases.length === 0) return '';
  const reasons = [...grouped(cases, ({ why }) => [why])];
  const rows = reasons.slice(0, SHOWN).map(([why, same]) => [same[0]?.when ?? '', same.length, why]);
  return [table(['nobody may write while', 'cases', 'because'], rows), more(reasons.length, 'reasons')].join('\n');
}

function fullestLines({ capacity: { lines, growthRatioPerYear } }: CheckReport): string {
  const rows = lines
    .slice(0, SHOWN)
    .map(({ link, from, to, rateBps, normalBps, worstBps, worstWhen, usedRatio, fullInYear }) => [
      `${link} ${from} to ${to}`,
      showRate(rateBps),
      showRate(normalBps),
      showRate(worstBps),
      worstWhen ?? 'nothing',
      `${Math.round(100 * usedRatio)} %`,
      fullInYear ?? 'never',
    ]);
  const growth = `full, at +${Math.round(100 * growthRatioPerYear)} % a year`;
  return [table(['fullest lines', 'rate', 'usually', 'worst', 'while down', 'used', growth], rows), more(lines.length, 'directions')].join(
    '\n',
  );
}

const more = (all: number, what: string): string => (all <= SHOWN ? '' : `and ${all - SHOWN} more ${what}: --json has all`);

const accepted = ({ accepted: list }: CheckReport): string =>
  list.length === 0
    ? ''
    : table(
        ['accepted', 'scope', 'findings', 'until', 'reason'],
        list.map(({ rule, scope, findings, expires, reason }) => [rule, scope, findings.length, expires, reason]),
      );

const assumed = ({ assumed: facts }: CheckReport): string =>
  table(
    ['assumed, confirmed by nobody', 'facts'],
    [...Object.entries(facts), ['total', Object.values(facts).reduce((sum, count) => sum + count, 0)]],
  );

/** What came of a check, in one line. */
export function verdict({ problems: { length: problems }, accepted: list }: CheckReport): string {
  const count = problems === 0 ? 'no problems' : problems === 1 ? '1 problem' : `${problems} problems`;
  return `${count}, ${list.flatMap(({ findings }) => findings).length} accepted findings`;
}
