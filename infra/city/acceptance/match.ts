/** Acceptances, and the findings that they are about. */

import { grouped } from '../grouped.js';
import type { Acceptance, City } from '../model.js';
import { elementsOf } from '../routing/failure.js';
import type { Finding } from '../rules/finding.js';
import { figuresOf, namesOf } from './extent.js';
import type { Figures } from './figure.js';

/** An acceptance that has not expired, and the findings that it holds. */
export interface AcceptedFindings extends Acceptance {
  readonly findings: readonly Finding[];
}

/** An acceptance, where it stands, and all findings of its rule and scope, whether it holds them or not. */
export interface MatchedAcceptance extends AcceptedFindings {
  readonly path: string;
  readonly found: Figures;
}

/** The acceptances of a city with what they are about. */
export function matchAcceptances(city: City, findings: readonly Finding[]): readonly MatchedAcceptance[] {
  const scopes = new Map(elementsOf(city).map(({ path, class: kind }) => [path, `class:${kind}`]));
  const byKey = grouped(findings, finding => keysOf(finding, scopes.get(finding.path)));
  const nameOf = namesOf(city);
  return city.accepted.map((acceptance, index) => {
    const of = byKey.get(`${acceptance.rule} ${acceptance.scope}`) ?? [];
    return { ...acceptance, path: `accepted.${index}`, findings: of, found: figuresOf(of, nameOf) };
  });
}

const keysOf = ({ rule, path }: Finding, scope: string | undefined): readonly string[] => [
  `${rule} ${path}`,
  ...(scope === undefined ? [] : [`${rule} ${scope}`]),
];
