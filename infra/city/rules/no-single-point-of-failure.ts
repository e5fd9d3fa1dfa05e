import type { Cut } from '../failures/cuts.js';
import { losses } from '../failures/losses.js';
import type { City } from '../model.js';
import type { Problem } from '../problem.js';
import type { FailingElement } from '../routing/failure.js';
import type { Rule } from './rule.js';

/** No node, link or shared-risk group takes a system from an office that is up. Every element fails once. */
export const noSinglePointOfFailure: Rule = {
  demands: 'no single failure takes a system from an office',
  of: 'failing elements',
  examine: ({ city, terrain, cuts }) => ({
    findings: terrain.footprints.flatMap(failed => findings(city, failed.element, cuts.single(failed))),
    cases: terrain.footprints.length,
  }),
};

function findings(city: City, { name, title, path, class: kind }: FailingElement, cut: Cut): readonly Problem[] {
  const lost = losses(city, cut);
  if (lost === '') return [];
  return [
    {
      rule: 'no-single-point-of-failure',
      path,
      message: `if ${name} (${title}) fails, ${lost}`,
      hint: `lead a second way around it, or accept it under 'accepted' with scope ${path} or class:${kind}`,
    },
  ];
}
