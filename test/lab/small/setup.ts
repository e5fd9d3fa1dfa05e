import type { TestProject } from 'vitest/node';
import { ensureImage } from '../../../infra/image/build.js';
import { ensureTools } from '../../../infra/lab/requirements.js';
import { whyNoLab } from '../setup.js';
import { removeLeftCities } from './left.js';

/** The image is built once for all small cities; what a killed run left of them is removed, before and after. */
export async function setup({ provide }: TestProject): Promise<(() => void) | undefined> {
  const noLab = whyNoLab();
  provide('noLab', noLab ?? '');
  if (noLab !== undefined) return undefined;
  removeLeftCities();
  const quietly = () => undefined;
  await ensureTools(quietly);
  const { signal } = new AbortController();
  await ensureImage({ folder: '.citydc/images', mirror: process.env.CITYDC_MIRROR, progress: quietly, signal });
  return removeLeftCities;
}
