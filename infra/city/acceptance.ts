import { grouped } from './grouped.js';
import type { Acceptance, City } from './model.js';
import { elementsOf } from './routing/failure.js';
import type { Finding } from './rules/finding.js';

/** An acceptance that has not expired, and the findings it covers. */
export interface AcceptedFindings extends Acceptance {
  readonly findings: readonly Finding[];
}

export interface AcceptanceJudgement {
  readonly problems: readonly Finding[];
  readonly accepted: readonly AcceptedFindings[];
}

/**
 * Parts findings into problems and what the operator accepts.
 *
 * An expired acceptance covers nothing; one that matches nothing is a problem itself, because it hides what comes next.
 *
 * @param today ISO date: the clock belongs to the caller
 */
export function applyAcceptances(city: City, findings: readonly Finding[], today: string): AcceptanceJudgement {
  const scopes = scopesOf(city);
  const found = grouped(findings, finding => keysOf(finding, scopes));
  const matched = city.accepted.map(acceptance => ({ ...acceptance, findings: found.get(`${acceptance.rule} ${acceptance.scope}`) ?? [] }));
  const inForce = matched.filter(({ expires, findings: covered }) => expires > today && covered.length > 0);
  const covered = new Set(inForce.flatMap(acceptance => acceptance.findings));
  const expired = new Map(
    matched.filter(({ expires }) => expires <= today).flatMap(({ findings: was, expires }) => was.map(each => [each, expires])),
  );
  return {
    problems: [
      ...findings.filter(finding => !covered.has(finding)).map(finding => withExpiry(finding, expired.get(finding))),
      ...matched.flatMap(({ rule, scope, findings: of }, index) => (of.length === 0 ? [stale(index, rule, scope)] : [])),
    ],
    accepted: inForce,
  };
}

/** `class:ward` of each element's path. */
const scopesOf = (city: City): ReadonlyMap<string, string> =>
  new Map(elementsOf(city).map(({ path, class: kind }) => [path, `class:${kind}`]));

function keysOf({ rule, path }: Finding, scopes: ReadonlyMap<string, string>): readonly string[] {
  const scope = scopes.get(path);
  return [`${rule} ${path}`, ...(scope === undefined ? [] : [`${rule} ${scope}`])];
}

const withExpiry = (finding: Finding, expires: string | undefined): Finding =>
  expires === undefined
    ? finding
    : { ...finding, acceptedUntil: expires, hint: `its acceptance expired on ${expires}: repair it, or accept it anew with a later date` };

const stale = (index: number, rule: string, scope: string): Finding => ({
  rule: 'stale-acceptance',
  path: `accepted.${index}`,
  message: `it accepts ${rule} of ${scope}, and there is no such finding`,
  hint: 'remove it',
});
