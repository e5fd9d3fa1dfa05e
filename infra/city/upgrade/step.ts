import type { City } from '../model.js';
import type { Finding } from '../rules/finding.js';
import type { Edit } from './edits.js';

/** What a step may know once the folder has the newest form and can be read. */
export interface Filling {
  /** Of city.yaml. */
  readonly text: string;
  readonly city: City;
  /** All that `check` finds in it, accepted or not. */
  readonly findings: readonly Finding[];
  /** What the shipped inventories accept. */
  readonly shipped: readonly Pick<City, 'id' | 'accepted'>[];
}

export interface Filled {
  readonly edits: readonly Edit[];
  /** What the operator should know or do, a sentence each. */
  readonly said: readonly string[];
}

/** One version of the form to the next. */
export interface UpgradeStep {
  readonly from: number;
  readonly to: number;
  /** What it brings, for people. */
  readonly brings: string;
  /** What can be said from the text of city.yaml alone; the number of the version is changed for it. */
  readonly rewrite?: (text: string) => readonly Edit[];
  /** What needs the city: done when all steps have rewritten. */
  readonly fill?: (filling: Filling) => Filled;
}
