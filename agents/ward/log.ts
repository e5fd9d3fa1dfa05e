/** The agent's log: one line an event, and the same line at most once a minute. */

type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string) => void;

const QUIET_MS = 60_000;
/** More different lines than this are a flood of their own: the oldest are forgotten, so that memory stays bounded. */
const REMEMBERED_LINES = 200;

interface Told {
  readonly atMs: number;
  heldBack: number;
}

/** A log that writes lines without an end-of-line. A line that was held back says how often when it next appears. */
export function createLog(write: (line: string) => void, nowMs: () => number): Log {
  const told = new Map<string, Told>();
  return (level, message) => {
    const line = `${level} ${message.replaceAll('\n', ' ')}`;
    const before = told.get(line);
    if (before !== undefined && nowMs() - before.atMs < QUIET_MS) before.heldBack += 1;
    else {
      remember(told, line, nowMs());
      write(`${line}${timesHeldBack(before)}`);
    }
  };
}

function remember(told: Map<string, Told>, line: string, atMs: number): void {
  told.delete(line); // to the end of the map's order
  told.set(line, { atMs, heldBack: 0 });
  const [oldest] = told.keys();
  if (told.size > REMEMBERED_LINES && oldest !== undefined) told.delete(oldest);
}

const timesHeldBack = (before: Told | undefined): string =>
  before === undefined || before.heldBack === 0 ? '' : ` (held back ${before.heldBack} times)`;
