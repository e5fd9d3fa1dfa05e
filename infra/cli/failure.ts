import { CommanderError } from 'commander';
import { formatProblem, InputError, WorldError, wrongInput } from '../city/problem.js';
import type { ExitCode } from './command.js';

/** The error of a wrong argument or flag. */
export const usage = (path: string, message: string, hint: string): InputError => wrongInput('usage', path, message, hint);

/** How a failed run ends: an exit code, a text for people, a value for `--json`. */
export interface CommandFailure {
  readonly code: ExitCode;
  readonly text: string;
  readonly value: unknown;
}

/** The one place where errors become messages and exit codes. */
export function failureOf(error: unknown): CommandFailure {
  if (error instanceof InputError) return inputFailure(error);
  if (error instanceof WorldError) return worldFailure(error);
  if (error instanceof CommanderError) return usageFailure(error);
  // Node wraps the reason for which a wait was aborted.
  if (error instanceof Error && error.name === 'AbortError' && error.cause !== undefined) return failureOf(error.cause);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 3,
    text: `${stack}\n\nthis is a bug in citydc: please report it with the lines above`,
    value: { error: { kind: 'bug', stack } },
  };
}

/** How many problems are shown: more than a person reads at once. */
const SHOWN = 200;

function inputFailure({ problems }: InputError): CommandFailure {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const rest = problems.length > SHOWN ? `; the first ${SHOWN} are shown, --json has all` : '';
  return {
    code: 2,
    text: `${problems.slice(0, SHOWN).map(formatProblem).join('\n')}\n${count} in the input${rest}`,
    value: { error: { kind: 'input', problems: problems.map(problem => ({ severity: 'problem', ...problem })) } },
  };
}

function worldFailure({ message, cause, hint }: WorldError): CommandFailure {
  const causes = causesOf(cause);
  const lines = [`error: ${message}`, ...causes.map(each => `  because: ${each}`), ...(hint === undefined ? [] : [`  hint: ${hint}`])];
  return { code: 3, text: lines.join('\n'), value: { error: { kind: 'world', message, causes, hint } } };
}

/** Commander has printed its message already; for help and version it throws, too. */
function usageFailure({ exitCode, message }: CommanderError): CommandFailure {
  return { code: exitCode === 0 ? 0 : 2, text: '', value: { error: { kind: 'usage', message } } };
}

function causesOf(cause: unknown): readonly string[] {
  if (cause === undefined || cause === null) return [];
  return cause instanceof Error ? [cause.message, ...causesOf(cause.cause)] : [String(cause)];
}
