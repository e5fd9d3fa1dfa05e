import { execa } from 'execa';
import { WorldError } from '../city/problem.js';

interface ToolOptions {
  readonly input?: string;
  /** A failure is ignored: what is to be removed may be gone already. */
  readonly mayFail?: boolean;
  readonly hint?: string;
}

/**
 * Runs a program of this machine to its end.
 *
 * In its own process group: Ctrl-C at the terminal must reach only `citydc`, which stops in order, not the tool in the middle of a step.
 *
 * @param failure the message when it fails
 * @throws {WorldError} with what the program wrote, when it fails
 */
export async function tool(failure: string, [file = '', ...words]: readonly string[], options: ToolOptions = {}): Promise<void> {
  const { input = '', mayFail = false, hint = 'remove the cause and run the command again' } = options;
  const result = await execa(file, words, { input, reject: false, all: true, detached: true, cleanup: false });
  if (result.failed && !mayFail) throw new WorldError(failure, { cause: result.all || result.shortMessage, hint });
}
