import { applyAcceptances } from './acceptance/apply.js';
import type { AcceptedFindings } from './acceptance/match.js';
import { type CapacityReport, capacityReport } from './capacity/report.js';
import type { DoubleFailures } from './failures/doubles.js';
import { describeLosses, type Loss, lossesOf } from './failures/losses.js';
import { type Survey, surveyOf } from './failures/survey.js';
import { describeWriter } from './failures/writers.js';
import type { City } from './model.js';
import { notesOn } from './notes.js';
import type { Position } from './problem.js';
import type { SiteStanding } from './routing/writer.js';
import type { Finding } from './rules/finding.js';
import type { RuleName } from './rules/names.js';
import type { Examination, Rule } from './rules/rule.js';
import { RULES } from './rules/rules.js';
import { countAssumed, countElements } from './summary.js';

/** What one rule demands, looked at and found. */
export interface Examined extends Examination, Pick<Rule, 'demands' | 'of'> {
  readonly rule: RuleName;
}

/** What one rule looked at. */
export interface Checked {
  readonly rule: string;
  readonly demands: string;
  readonly cases: number;
  readonly of: string;
  readonly findings: number;
}

/** What two failures at once do beyond what each does alone. Information: a design that survives any two is another design. */
export interface DoubleFailureSummary extends Omit<DoubleFailures, 'effects'> {
  readonly effects: readonly {
    readonly pairs: readonly (readonly [string, string])[];
    /** As `14 offices lose all 10 systems: e77, e78, e79 and 11 more`. */
    readonly lost: string;
    readonly losses: readonly Loss[];
  }[];
}

/** A case in which no site may write, and why: in words, and as data. */
export interface WithoutWriter {
  readonly when: string;
  /** The elements that are down; none where the sites are parted instead. */
  readonly failed: readonly string[];
  readonly why: string;
  readonly sites: readonly SiteStanding[];
}

/** The design, judged. */
export interface CheckReport {
  readonly problems: readonly Finding[];
  readonly accepted: readonly AcceptedFindings[];
  /** What is no problem, and good to know: they change no exit code. */
  readonly notes: readonly Finding[];
  readonly checked: readonly Checked[];
  readonly doubleFailures: DoubleFailureSummary;
  /** Two failures, or ways to part the sites, after which no site may write: as intended, and good to know. */
  readonly withoutWriter: readonly WithoutWriter[];
  readonly capacity: CapacityReport;
  readonly counts: Readonly<Record<string, number>>;
  readonly assumed: Readonly<Record<string, number>>;
}

/**
 * Applies every rule to a city.
 *
 * @param today ISO date, against which acceptances expire
 * @param further what was examined above this folder, of what is rendered from the city
 * @param locate gives problems their place in the operator's files
 */
export function checkCity(
  city: City,
  today: string,
  locate: (path: string) => Position | undefined,
  further: readonly Examined[] = [],
): CheckReport {
  const placed =
    (severity: 'problem' | 'note') =>
    (finding: Finding): Finding => ({ severity, ...finding, ...placeOf(locate(finding.path)) });
  const survey = surveyOf(city);
  const examined = [...examinedIn(survey), ...further];
  const { problems, accepted, notes } = applyAcceptances(
    city,
    examined.flatMap(({ findings }) => findings),
    today,
  );
  return {
    problems: problems.map(placed('problem')),
    accepted,
    notes: [...notes, ...notesOn(city)].map(placed('note')),
    checked: examined.map(({ findings, ...rest }) => ({ ...rest, findings: findings.length })),
    doubleFailures: summaryOf(city, survey.doubles()),
    withoutWriter: withoutWriter(survey),
    capacity: capacityReport(survey, Number(today.slice(0, 4))),
    counts: countElements(city),
    assumed: countAssumed(city),
  };
}

/** All that the rules find in a city, accepted or not. @param further as for {@link checkCity} */
export const findingsOf = (city: City, further: readonly Examined[] = []): readonly Finding[] =>
  [...examinedIn(surveyOf(city)), ...further].flatMap(({ findings }) => findings);

const examinedIn = (survey: Survey): readonly Examined[] =>
  Object.entries(RULES).map(([rule, { demands, of, examine }]) => ({ rule: rule as RuleName, demands, of, ...examine(survey) }));

const summaryOf = (city: City, { effects, ...counts }: DoubleFailures): DoubleFailureSummary => ({
  ...counts,
  effects: effects.map(({ pairs, cut }) => {
    const losses = lossesOf(city, cut);
    return { pairs, lost: describeLosses(losses), losses };
  }),
});

function withoutWriter(survey: Survey): readonly WithoutWriter[] {
  const { double, partitions } = survey.writers();
  return [...double, ...partitions].flatMap(({ when, failed, writer }) =>
    writer.kind === 'none' ? [{ when, failed, why: describeWriter(writer), sites: writer.sites }] : [],
  );
}

const placeOf = (at: Position | undefined): Pick<Finding, 'at'> => (at === undefined ? {} : { at });
