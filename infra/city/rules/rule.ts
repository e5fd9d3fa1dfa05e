import type { Survey } from '../failures/survey.js';
import type { Finding } from './finding.js';

/** What a rule found, and how much it looked at: nothing found among nothing checked is unknown, not fine. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly cases: number;
}

/** A judgement about the design. Pure, and near-linear in the size of the city. */
export interface Rule {
  /** What it demands, one sentence without a full stop. */
  readonly demands: string;
  /** What one case is, plural. */
  readonly of: string;
  examine(survey: Survey): Examination;
}
