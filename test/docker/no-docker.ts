import { inject } from 'vitest';
import { skipUnless } from '../skips.js';

/** For `describe.skipIf`: whether no city can be put on Docker here. */
export const noDocker = (name: string): boolean => skipUnless(name, inject('noDocker') || undefined);

/** The same of what only terraform with its own plug-in can show. */
export const noPlugin = (name: string): boolean => skipUnless(name, inject('noDocker') || inject('dockerTools').standsIn || undefined);
