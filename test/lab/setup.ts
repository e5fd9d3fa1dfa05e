import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { noPlainPath } from '../plain-path.js';
import { citydc, succeed } from './citydc.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there is no lab here; empty when the city is up. */
    noLab: string;
  }
}

/** Why this machine can have no lab in this checkout. */
export const whyNoLab = (): string | undefined =>
  process.platform !== 'linux' || process.getuid?.() !== 0 ? 'the lab needs root on Linux' : noPlainPath(resolve('.citydc'));

/** The city is up for all of these tests, and afterwards it is as it was before: up, or gone. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const noLab = whyNoLab();
  provide('noLab', noLab ?? '');
  if (noLab !== undefined) return undefined;
  const before = await citydc(['status']);
  const wasUp = !before.stderr.includes('no city is up');
  await succeed('up');
  return async () => {
    await citydc(['fault', 'heal']);
    await succeed(wasUp ? 'up' : 'down');
  };
}
