/** The files that the agent keeps. A disk that is full, or a folder that is gone, never stops it from measuring. */

import { open, rename } from 'node:fs/promises';
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
  return { save: (path, text) => replace(path, text).catch(failed), errors: () => errors };
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await writeSynced(temporary, text);
  await rename(temporary, path);
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
