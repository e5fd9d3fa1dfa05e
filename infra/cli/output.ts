/** The part of an output stream that we use. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array, done?: () => void): boolean;
}

/** Where a command's words go: the result to stdout, all else to stderr. */
export interface Output {
  readonly json: boolean;
  /** The result, once a run: the value as one JSON document, or its text for people. */
  result(value: unknown, text: string): void;
  /** A line for people, on stderr. */
  note(text: string): void;
  /** What is going on now: redrawn in place on a terminal, a line each elsewhere. */
  progress(text: string): void;
}

/** In a file, a count that goes up has a line only so often. */
const LINE_INTERVAL_MS = 2000;
const stem = (text: string): string => text.replace(/\d.*$/, '');
const ERASE_LINE = '\r\x1b[2K';

/** The output over two streams. */
export function createOutput(stdout: Terminal, stderr: Terminal, json: boolean): Output {
  const redraws = stderr.isTTY === true;
  let [drawn, last, lastAtMs] = [false, '', Number.NEGATIVE_INFINITY];
  const clear = () => {
    if (drawn) stderr.write(ERASE_LINE);
    drawn = false;
  };
  return {
    json,
    result: (value, text) => {
      clear();
      stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : withNewline(text));
    },
    note: text => {
      clear();
      stderr.write(withNewline(text));
    },
    progress: text => {
      const now = performance.now();
      const counts = stem(text) === stem(last);
      if (text === last || (!redraws && counts && now - lastAtMs < LINE_INTERVAL_MS)) return;
      [last, lastAtMs] = [text, now];
      stderr.write(redraws ? `${ERASE_LINE}${text.slice(0, (stderr.columns ?? 80) - 1)}` : withNewline(text));
      drawn = redraws;
    },
  };
}

const withNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
