import { beforeAll, inject } from 'vitest';
import { skipUnless } from '../skips.js';
import { succeed } from './citydc.js';

/** For `describe.skipIf`: whether there is no lab on this machine. Where there is one, a file's tests begin with its city up. */
export function noLab(name: string): boolean {
  const skip = skipUnless(name, inject('noLab') || undefined);
  if (!skip) beforeAll(() => succeed('up'));
  return skip;
}
