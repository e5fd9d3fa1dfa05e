import type { Drill } from '../drill/drill.js';
import { siteLoss } from './site-loss.js';

/** Every drill, by name. */
export const DRILLS = [siteLoss] as const satisfies readonly Drill[];
