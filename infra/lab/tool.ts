import { execa } from 'execa';
import { WorldError } from '../city/problem.js';

interface ToolOptions {
  readonly input?: string;
  /** Fails in silence: what is to be removed may be gone already. */
  readonly mayFail?: boolean;
  readonly hint?: string;
}

/**
 * Runs a program of this machine to its end.
 *
 * In a process group of its own: Ctrl-C at the terminal is ours to answer, and must not end a step half-way.
 *
 * @param doing what could not be done, when it fails
 * @throws {WorldError} with the program's own last words
 */
export async function tool(doing: string, [file = '', ...words]: readonly string[], options: ToolOptions = {}): Promise<void> {
  const { input = '', mayFail = false, hint = 'mend the cause and run the command again' } = options;
  const result = await execa(file, words, { input, reject: false, all: true, detached: true, cleanup: false });
  if (result.failed && !mayFail) throw new WorldError(doing, { cause: result.all || result.shortMessage, hint });
}
