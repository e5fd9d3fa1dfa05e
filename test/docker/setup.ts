import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { noPlainPath } from '../plain-path.js';
import { findDocker, type Tools } from './found.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why no city can be put on Docker here; empty when one can. */
    noDocker: string;
    dockerTools: Tools;
  }
}

/** Looks for Docker, terraform and its plug-in, and builds what stands for the latter. Nothing is started, and nothing is installed on the machine. */
export async function setup({ provide }: TestProject): Promise<void> {
  const odd = noPlainPath(resolve('.citydc'));
  const found = odd === undefined ? await findDocker('.citydc') : { missing: odd };
  provide('noDocker', 'missing' in found ? found.missing : '');
  provide('dockerTools', 'missing' in found ? { debian: '', terraform: '', plugin: '', standsIn: '' } : found);
}
