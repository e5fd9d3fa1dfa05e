import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureImage } from '../../infra/image/build.js';
import { ensureTools } from '../../infra/lab/requirements.js';
import { noPlainPath } from '../plain-path.js';
import { citydc, succeed } from './citydc.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there is no lab here; empty when a city can be up. */
    noLab: string;
  }
}

/** Why this machine can have no lab in this checkout. */
const whyNoLab = (): string | undefined =>
  process.platform !== 'linux' || process.getuid?.() !== 0 ? 'the lab needs root on Linux' : noPlainPath(resolve('.citydc'));

/** Says to tests whether there is a lab; where there is, its tools and its image are there when they begin. */
export async function prepareLab({ provide }: TestProject): Promise<boolean> {
  const noLab = whyNoLab();
  provide('noLab', noLab ?? '');
  if (noLab !== undefined) return false;
  const quietly = () => undefined;
  await ensureTools(quietly);
  const { signal } = new AbortController();
  await ensureImage({ folder: '.citydc/images', mirror: process.env.CITYDC_MIRROR, progress: quietly, signal });
  return true;
}

/**
 * After all of these tests the city is as it was before: up, or gone. They bring it up themselves (`noLab`): the set-ups of all projects
 * run before any test, and a whole city would be in the way of small ones.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!(await prepareLab(project))) return undefined;
  const wasUp = !(await citydc(['status'])).stderr.includes('no city is up');
  return async () => {
    await citydc(['fault', 'heal']);
    await succeed(wasUp ? 'up' : 'down');
  };
}
