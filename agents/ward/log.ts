/** The agent's log: one line an event, and the same line at most once a minute. */

type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string) => void;

const QUIET_MS = 60_000;
/** More different lines than this are a flood of their own: the oldest are forgotten, so that memory stays bounded. */
const REMEMBERED_LINES = 200;

interface Written {
  readonly atMs: number;
  heldBack: number;
}

/** A log that writes lines without an end-of-line. A line that was held back says how often when it next appears. */
export function createLog(write: (line: string) => void, nowMs: () => number): Log {
  const written = new Map<string, Written>();
  return (level, message) => {
    const line = `${level} ${message.replaceAll('\n', ' ')}`;
    const before = written.get(line);
    if (before !== undefined && nowMs() - before.atMs < QUIET_MS) before.heldBack += 1;
    else {
      remember(written, line, nowMs());
      write(`${line}${timesHeldBack(before)}`);
    }
  };
}

function remember(written: Map<string, Written>, line: string, atMs: number): void {
  written.delete(line); // to the end of the map's order
  written.set(line, { atMs, heldBack: 0 });
  const [oldest] = written.keys();
  if (written.size > REMEMBERED_LINES && oldest !== undefined) written.delete(oldest);
}

const timesHeldBack = (before: Written | undefined): string =>
  before === undefined || before.heldBack === 0 ? '' : ` (held back ${before.heldBack} times)`;
