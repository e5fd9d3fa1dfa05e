import { describeLosses, type Loss, lossesOf } from '../failures/losses.js';
import type { Survey } from '../failures/survey.js';
import type { FailingElement } from '../routing/failure.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/** No node, link or shared-risk group takes a system from an office that is up. Every element fails once. */
export const noSinglePointOfFailure: Rule = {
  demands: 'no single failure takes a system from an office',
  of: 'failing elements',
  examine: survey => ({
    findings: singlePointsOf(survey).map(finding),
    cases: survey.terrain.footprints.length,
  }),
};

/** An element that takes a system from an office, and what is lost, as data and in a sentence. */
interface SinglePoint {
  readonly element: FailingElement;
  readonly losses: readonly Loss[];
  readonly lost: string;
}

export const singlePointsOf = ({ city, terrain, cuts }: Survey): readonly SinglePoint[] =>
  terrain.footprints
    .map(failed => ({ element: failed.element, losses: lossesOf(city, cuts.single(failed)) }))
    .filter(({ losses }) => losses.length > 0)
    .map(({ element, losses }) => ({ element, losses, lost: describeLosses(losses) }));

const finding = ({ element: { name, title, path, class: kind }, losses, lost }: SinglePoint): Finding => ({
  rule: 'no-single-point-of-failure',
  path,
  message: `if ${name} (${title}) fails, ${lost}`,
  hint: `lead a second way around it, or accept it under 'accepted' with scope ${path} or class:${kind}`,
  facts: { about: 'losses', losses },
});
