/** The files that the agent keeps. A disk that is full, or a folder that is gone, never stops it from measuring. */

import { replaceDurably } from '../contract/replace.js';
import type { Log } from './log.js';

export interface Disk {
  /** Replaces a file: a power-off leaves the old or the new, never half of one. Never throws: a failure is counted and logged. */
  save(path: string, text: string): Promise<void>;
  /** Failures since the process started. */
  errors(): number;
}

export function openDisk(log: Log): Disk {
  let errors = 0;
  const failed = (error: Error): void => {
    errors += 1;
    log('error', `not stored: ${error.message}`);
  };
  return { save: (path, text) => replaceDurably(path, text).catch(failed), errors: () => errors };
}
