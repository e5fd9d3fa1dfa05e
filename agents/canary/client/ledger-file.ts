/** The ledger on disk. One sync covers every record that is waiting for it. */

import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatRecord, type LedgerRecord } from '../../contract/ledger.js';

export interface LedgerFile {
  /** On return the record, and all before it, are on disk. @throws when they are not: nothing may be sent then */
  append(record: LedgerRecord): Promise<void>;
  /** Writes what is waiting, syncs and closes. */
  close(): Promise<void>;
}

/** A new ledger. @throws when the path exists already: a ledger belongs to one run */
export async function createLedger(path: string): Promise<LedgerFile> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'ax', 0o644);
  const commits = groupCommits(file);
  return {
    append: commits.add,
    close: async () => {
      await commits.idle();
      await file.close();
    },
  };
}

interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

function groupCommits(file: FileHandle): { add(record: LedgerRecord): Promise<void>; idle(): Promise<void> } {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await commit(file, group);
    }
    running = undefined;
  };

  return {
    add: record =>
      new Promise((done, failed) => {
        waiting.push({ line: formatRecord(record), done, failed });
        running ??= Promise.resolve().then(run); // a microtask later: what is added in this turn shares the sync
      }),
    idle: async () => {
      await running;
    },
  };
}

async function commit(file: FileHandle, group: readonly Waiting[]): Promise<void> {
  try {
    await file.appendFile(group.map(({ line }) => line).join(''));
    await file.datasync();
    for (const { done } of group) done();
  } catch (error) {
    for (const { failed } of group) failed(error);
  }
}
