import type { TestProject } from 'vitest/node';
import { findDocker, type Tools } from './found.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why no city can be put on Docker here; empty when one can. */
    noDocker: string;
    dockerTools: Tools;
  }
}

/** Looks for Docker, terraform and its plug-in. Nothing is started, and nothing is installed on the machine. */
export async function setup({ provide }: TestProject): Promise<void> {
  const found = await findDocker('.citydc');
  provide('noDocker', 'missing' in found ? found.missing : '');
  provide('dockerTools', 'missing' in found ? { debian: '', terraform: '', plugin: '' } : found);
}
