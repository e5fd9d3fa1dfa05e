import { inject } from 'vitest';
import { skipUnless } from '../skips.js';

/** For `describe.skipIf`: whether there is no lab on this machine. */
export const noLab = (name: string): boolean => skipUnless(name, inject('noLab') || undefined);
