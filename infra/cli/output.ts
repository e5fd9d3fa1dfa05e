import { visible } from '../city/hidden.js';

/** The part of an output stream that we use. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array, done?: () => void): boolean;
}

/** A command's output: the result on stdout, all else on stderr. */
export interface Output {
  readonly json: boolean;
  /** The result, once a run: the value as one JSON document, or its text for people. */
  result(value: unknown, text: string): void;
  /** A line for people, on stderr. */
  note(text: string): void;
  /** What is being done now: redrawn in place on a terminal, elsewhere a line for each. */
  progress(text: string): void;
}

/** Where output is not redrawn, a rising count gets a new line only after this time. */
const LINE_INTERVAL_MS = 2000;
const stem = (text: string): string => text.replace(/\d.*$/, '');
const ERASE_LINE = '\r\x1b[2K';

/**
 * The output over two streams. What is in it may come from an inventory, a host or the network: what a terminal would obey is written out.
 * In JSON it is in a string, where it means the same.
 */
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
      stdout.write(visible(json ? `${JSON.stringify(value, undefined, 2)}\n` : withNewline(text)));
    },
    note: text => {
      clear();
      stderr.write(visible(withNewline(text)));
    },
    progress: given => {
      const text = visible(given);
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
