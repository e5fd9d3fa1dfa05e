import { type AcceptedFindings, applyAcceptances } from './acceptance.js';
import type { City } from './model.js';
import type { Position, Problem } from './problem.js';
import { RULES } from './rules/rules.js';
import { countAssumed, countElements } from './summary.js';

/** What one rule looked at. */
export interface Checked {
  readonly rule: string;
  readonly demands: string;
  readonly cases: number;
  readonly of: string;
  readonly findings: number;
}

/** The design, judged. */
export interface CheckReport {
  readonly problems: readonly Problem[];
  readonly accepted: readonly AcceptedFindings[];
  readonly checked: readonly Checked[];
  readonly counts: Readonly<Record<string, number>>;
  readonly assumed: Readonly<Record<string, number>>;
}

/**
 * Applies every rule to a city.
 *
 * @param today ISO date, against which acceptances expire
 * @param locate gives problems their place in the operator's files
 */
export function checkCity(city: City, today: string, locate: (path: string) => Position | undefined): CheckReport {
  const examined = Object.entries(RULES).map(([rule, { demands, of, examine }]) => ({ rule, demands, of, ...examine(city) }));
  const { problems, accepted } = applyAcceptances(
    city,
    examined.flatMap(({ findings }) => findings),
    today,
  );
  return {
    problems: problems.map(problem => ({ ...problem, ...placeOf(locate(problem.path)) })),
    accepted,
    checked: examined.map(({ findings, ...rest }) => ({ ...rest, findings: findings.length })),
    counts: countElements(city),
    assumed: countAssumed(city),
  };
}

const placeOf = (at: Position | undefined): Pick<Problem, 'at'> => (at === undefined ? {} : { at });
