import type { DayIn } from '../day.js';
import type { City } from '../model.js';
import { InputError, type Position, type Problem } from '../problem.js';
import { checkAws } from '../targets/aws/checks.js';
import { checkDockerHosts } from '../targets/docker/checks.js';
import { buildCity } from './build.js';
import { checkAcceptances } from './checks/acceptances.js';
import { checkCodes } from './checks/codes.js';
import { checkEnds } from './checks/ends.js';
import { checkFlows } from './checks/flows.js';
import { checkNames } from './checks/names.js';
import { checkNumbers } from './checks/numbers.js';
import { checkPlan } from './checks/plan.js';
import { checkReferences } from './checks/references.js';
import { checkRoles } from './checks/roles.js';
import { checkObjectives } from './checks/systems.js';
import { checkTotals } from './checks/totals.js';
import { type Draft, readDraft } from './draft.js';
import type { InventoryFiles } from './files.js';
import { deepFreeze } from './freeze.js';

/** A city together with where its parts stand in the operator's files. */
export interface LocatedCity {
  readonly city: City;
  /** Position of a path as `endpoints.131.aggregation`, or of the nearest part above it. */
  locate(path: string): Position;
}

const CHECKS: readonly ((draft: Draft) => readonly Problem[])[] = [
  checkNumbers,
  checkNames,
  checkCodes,
  checkPlan,
  checkReferences,
  checkEnds,
  checkRoles,
  checkObjectives,
  checkFlows,
  checkTotals,
  checkAcceptances,
  checkDockerHosts,
  checkAws,
];

/**
 * The city of an inventory as it is on a day, validated and frozen. Pure: no clock, no file system.
 *
 * @throws {InputError} with all problems at once when anything is wrong
 */
export const load = (files: InventoryFiles, day: DayIn): City => loadLocated(files, day).city;

/** As `load`, and keeps the positions, for who finds problems later. @throws {InputError} as `load` */
export function loadLocated(files: InventoryFiles, day: DayIn): LocatedCity {
  const { draft, problems } = readDraft(files, day);
  const all = [...problems, ...CHECKS.flatMap(check => check(draft))];
  if (all.length > 0) throw new InputError(sorted(all));
  return { city: deepFreeze(buildCity(draft)), locate: draft.locate };
}

/** In the order in which an editor meets them. */
const sorted = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted((a, b) => compare(a.at?.file, b.at?.file) || compare(a.at?.line, b.at?.line) || compare(a.at?.column, b.at?.column));

const compare = <T extends string | number>(a: T | undefined, b: T | undefined): number => (a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1);
