import type { TestProject } from 'vitest/node';
import { prepareLab } from '../setup.js';
import { removeLeftCities } from './left.js';

/** What a killed run left of small cities is removed, before and after. */
export async function setup(project: TestProject): Promise<(() => void) | undefined> {
  if (!(await prepareLab(project))) return undefined;
  removeLeftCities();
  return removeLeftCities;
}
