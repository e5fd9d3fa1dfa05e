import type { City } from '../model.js';
import type { Finding } from '../rules/finding.js';
import { extentLine, figureOf, heldBy, namesOf } from './extent.js';
import { type Figure, holds, showFigure } from './figure.js';
import { type AcceptedFindings, type MatchedAcceptance, matchAcceptances } from './match.js';
import { notesOf } from './notes.js';

export interface AcceptanceJudgement {
  readonly problems: readonly Finding[];
  readonly accepted: readonly AcceptedFindings[];
  /** What is no problem yet: an acceptance that expires soon, or holds more than there is. */
  readonly notes: readonly Finding[];
}

/**
 * Parts findings into problems and what the operator accepts.
 *
 * An acceptance holds what it says and nothing more: what has grown beyond it is a problem. An expired one holds nothing; one that matches
 * nothing, or does not say what it holds, is a problem itself, because it hides what comes next.
 *
 * @param today ISO date: the clock belongs to the caller
 */
export function applyAcceptances(city: City, findings: readonly Finding[], today: string): AcceptanceJudgement {
  const matched = matchAcceptances(city, findings);
  const nameOf = namesOf(city);
  const inTime = matched.filter(({ expires, findings: of }) => expires > today && of.length > 0);
  const accepted = inTime.map(acceptance => ({ ...acceptance, findings: heldAmong(acceptance, nameOf) }));
  const held = new Set(accepted.flatMap(({ findings: of }) => of));
  const outgrown = lastOf(inTime);
  const expired = lastOf(matched.filter(({ expires }) => expires <= today));
  const judged = (finding: Finding): Finding => {
    const [grown, was] = [outgrown.get(finding), expired.get(finding)];
    if (grown !== undefined) return grownBeyond(finding, grown, nameOf(finding));
    return was === undefined ? finding : withExpiry(finding, was.expires);
  };
  return {
    problems: [...findings.filter(finding => !held.has(finding)).map(judged), ...matched.flatMap(uselessOf)],
    accepted: accepted.filter(({ findings: of }) => of.length > 0).map(({ path, found, ...acceptance }) => acceptance),
    notes: inTime.flatMap(acceptance => notesOf(acceptance, today)),
  };
}

const lastOf = (acceptances: readonly MatchedAcceptance[]): ReadonlyMap<Finding, MatchedAcceptance> =>
  new Map(acceptances.flatMap(acceptance => acceptance.findings.map(finding => [finding, acceptance] as const)));

/** An acceptance without an extent is one problem, not one for each of its findings. */
function heldAmong(acceptance: MatchedAcceptance, nameOf: (finding: Finding) => string): readonly Finding[] {
  if (acceptance.extent === undefined) return acceptance.findings;
  const held = heldBy(acceptance.extent);
  return acceptance.findings.filter(finding => holds(held.get(nameOf(finding)), figureAt(acceptance, finding, nameOf(finding))));
}

/** Findings without a figure grow by number, the others one by one. */
function figureAt({ found }: MatchedAcceptance, finding: Finding, name: string): Figure {
  const own = figureOf(finding);
  return own.about === 'findings' ? (found.get(name) ?? own) : own;
}

function grownBeyond(finding: Finding, acceptance: MatchedAcceptance, name: string): Finding {
  const [accepted, found] = [heldBy(acceptance.extent).get(name), figureAt(acceptance, finding, name)];
  const beyond = accepted === undefined ? `does not name ${name}` : `accepts ${showFigure(accepted)}, found are ${showFigure(found)}`;
  return {
    ...finding,
    message: `${finding.message}; ${acceptance.path} ${beyond}`,
    hint: `repair it, or accept what has become of it under ${acceptance.path}: ${extentLine(new Map([[name, found]]))}`,
    outgrown: { accepted, found },
  };
}

const withExpiry = (finding: Finding, expires: string): Finding => ({
  ...finding,
  acceptedUntil: expires,
  hint: `its acceptance expired on ${expires}: repair it, or accept it anew with a later date`,
});

function uselessOf(acceptance: MatchedAcceptance): readonly Finding[] {
  const { path, rule, scope, extent, findings, found } = acceptance;
  if (findings.length === 0)
    return [{ rule: 'stale-acceptance', path, message: `it accepts ${rule} of ${scope}, and there is no such finding`, hint: 'remove it' }];
  if (extent !== undefined) return [];
  return [
    {
      rule: 'acceptance-without-extent',
      path,
      message: `it accepts ${rule} of ${scope} without saying how much of it`,
      hint: `add what is found today, if that is what is accepted: ${extentLine(found)}`,
    },
  ];
}
