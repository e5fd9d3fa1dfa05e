import { fillExtents } from './extents.js';
import type { UpgradeStep } from './step.js';

/** Every step there is, in order; a new version of the form is a line here. */
export const STEPS: readonly UpgradeStep[] = [{ from: 1, to: 2, brings: 'acceptances say how much they hold', fill: fillExtents }];
