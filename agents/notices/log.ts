import { appendFile, rename, stat } from 'node:fs/promises';
import type { Notice } from '../contract/notices.js';

/** The log is two files of this size at most: the one that is written, and the one before it. */
const FILE_BYTES = 10_000_000;

export interface NoticeLog {
  /** Resolves when the notice is on disk. */
  append(notice: Notice): Promise<void>;
}

/** The log of notices at a path; the one before it has `.1` behind its name. */
export function noticeLog(path: string, fileBytes = FILE_BYTES): NoticeLog {
  let last: Promise<void> = Promise.resolve();
  return {
    append: notice => {
      // One after the other: a turned file must not lose a line that is being written.
      last = last.catch(() => undefined).then(() => write(path, `${JSON.stringify(notice)}\n`, fileBytes));
      return last;
    },
  };
}

async function write(path: string, line: string, fileBytes: number): Promise<void> {
  const size = await stat(path).then(
    stats => stats.size,
    () => 0,
  );
  if (size + line.length > fileBytes && size > 0) await rename(path, `${path}.1`);
  await appendFile(path, line);
}
