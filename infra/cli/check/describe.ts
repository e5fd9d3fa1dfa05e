/** The result of a check, as text for a terminal. */

import type { CheckReport } from '../../city/check.js';
import { describeLosses, officesIn } from '../../city/failures/losses.js';
import { grouped } from '../../city/grouped.js';
import type { City } from '../../city/model.js';
import { formatProblem } from '../../city/problem.js';
import { elementsOf } from '../../city/routing/failure.js';
import { showRate } from '../../city/rules/lines-have-room.js';
import type { RuleName } from '../../city/rules/names.js';
import { table } from '../table.js';

/** How many entries of a long list are shown; `--json` has all. */
const SHOWN = 10;

/** The whole result. @param folder where the inventory was found: a shipped inventory and a folder here may have the same name */
export function describe(city: City, folder: string, report: CheckReport): string {
  const { problems, notes, checked, counts } = report;
  const parts = [
    `${city.id}: ${city.name.vi} (${city.name.en}), from ${folder}`,
    table(['element', 'count'], Object.entries(counts)),
    table(
      ['checked', 'cases', 'findings'],
      checked.map(({ demands, cases, of, findings }) => [demands, `${cases} ${of}`, findings]),
    ),
    singleFailures(city, report),
    doubleFailures(report),
    withoutWriter(report),
    fullestLines(report),
    accepted(report),
    assumed(report),
    notes.map(formatProblem).join('\n'),
    problems.map(formatProblem).join('\n'),
    verdict(report),
  ];
  return text(...parts);
}

/** The parts that are not empty, one under the other. */
const text = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('\n');

/** Grouped by what is lost, the most offices first, accepted or not. */
function singleFailures(city: City, { problems, accepted: list }: CheckReport): string {
  const found = [...problems, ...list.flatMap(({ findings }) => findings)].flatMap(({ rule, path, facts }) =>
    rule === SINGLE && facts?.about === 'losses' ? [{ path, losses: facts.losses }] : [],
  );
  if (found.length === 0) return '';
  const elements = new Map(elementsOf(city).map(({ path, name }) => [path, name]));
  const effects = [...grouped(found, ({ losses }) => [JSON.stringify(losses)]).values()]
    .map(same => ({ names: same.map(({ path }) => elements.get(path) ?? path), losses: same[0]?.losses ?? [] }))
    .toSorted((a, b) => officesIn(b.losses).length - officesIn(a.losses).length);
  const heading = `one failure at a time: all ${elements.size} elements, of which ${found.length} take a system from an office`;
  const rows = effects.slice(0, SHOWN).map(({ names, losses }) => [names.join(' or '), describeLosses(losses)]);
  return text(heading, table(['if', 'fails, then'], rows), more(effects.length, 'effects'));
}
const SINGLE: RuleName = 'no-single-point-of-failure';

function doubleFailures({ doubleFailures: { cases, tried, cutting, effects } }: CheckReport): string {
  if (effects.length === 0) return '';
  const rows = effects.slice(0, SHOWN).map(({ pairs, lost }) => [pairs[0]?.join(' and ') ?? '', pairs.length, lost]);
  const heading = `two failures at once: all ${cases} pairs, of which ${tried} meet and were tried; ${cutting} cut what neither alone cuts`;
  return text(heading, table(['as', 'pairs', 'then'], rows), more(effects.length, 'effects'));
}

/** Grouped by reason, with the first case of each. */
function withoutWriter({ withoutWriter: cases }: CheckReport): string {
  if (cases.length === 0) return '';
  const reasons = [...grouped(cases, ({ why }) => [why])];
  const rows = reasons.slice(0, SHOWN).map(([why, same]) => [same[0]?.when ?? '', same.length, why]);
  return text(table(['no site may write while', 'cases', 'because'], rows), more(reasons.length, 'reasons'));
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
  return text(table(['fullest lines', 'rate', 'usually', 'worst', 'while down', 'used', growth], rows), more(lines.length, 'directions'));
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
    ['assumed, not confirmed', 'facts'],
    [...Object.entries(facts), ['total', Object.values(facts).reduce((sum, count) => sum + count, 0)]],
  );

/** The result in one line. */
export function verdict({ problems: { length: problems }, accepted: list }: CheckReport): string {
  const count = problems === 0 ? 'no problems' : problems === 1 ? '1 problem' : `${problems} problems`;
  return `${count}, ${list.flatMap(({ findings }) => findings).length} accepted findings`;
}
