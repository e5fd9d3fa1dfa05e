/** What each element takes down when it fails, as the map colours it. */

import { officesIn } from '../../../infra/city/failures/losses.js';
import type { Finding } from '../../../infra/city/rules/finding.js';
import { classes } from '../diagram/markup.js';
import { membersOf, type PageView } from './view.js';

/** What findings say of one element by its name. */
export interface Weight {
  /** Short names of the offices that lose something. */
  readonly offices: readonly string[];
  readonly tight: boolean;
  /** One of its findings is not accepted, or one of a group that it belongs to. */
  readonly unaccepted: boolean;
  readonly findings: readonly Finding[];
}

/** Of this share of all offices on, an element takes many down. */
const MANY_RATIO = 0.1;
export const manyOffices = ({ city }: PageView): number => Math.max(2, Math.ceil(MANY_RATIO * city.endpoints.length));

const NONE: Weight = { offices: [], tight: false, unaccepted: false, findings: [] };

/** By name; who is not among them takes nothing down. */
export function weightsOf(view: PageView): ReadonlyMap<string, Weight> {
  const weights = new Map<string, Weight>();
  const { size } = new Set(view.report.problems);
  for (const [index, finding] of view.findings.entries()) {
    const element = view.elements.get(finding.path);
    if (element === undefined) continue;
    const unaccepted = index < size;
    weights.set(element.name, withFinding(weights.get(element.name) ?? NONE, finding, unaccepted));
    // A group has no sign of its own on the map: its members show that something is wrong with it. A carrier's are a third of the map.
    if (unaccepted && element.kind === 'group' && element.class !== 'carrier')
      for (const member of membersOf(view, element)) weights.set(member, { ...(weights.get(member) ?? NONE), unaccepted });
  }
  return weights;
}

function withFinding(weight: Weight, finding: Finding, unaccepted: boolean): Weight {
  const { facts } = finding;
  return {
    offices: facts?.about === 'losses' ? [...new Set([...weight.offices, ...officesIn(facts.losses)])] : weight.offices,
    tight: weight.tight || facts?.about === 'line',
    unaccepted: weight.unaccepted || unaccepted,
    findings: [...weight.findings, finding],
  };
}

/** The classes of an element on the map. */
export function marked(view: PageView, { offices, tight, unaccepted }: Weight): string {
  const { length } = offices;
  const takes = length === 0 ? '' : length === 1 ? 'takes-one' : length < manyOffices(view) ? 'takes-some' : 'takes-many';
  return classes(takes, tight ? 'tight' : '', unaccepted ? 'unaccepted' : '');
}
