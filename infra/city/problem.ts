/** Where in the operator's files: 1-based, as editors count. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, for a person: what, what was found, what is allowed, and the next step. */
export interface Problem {
  /** A note changes no exit code; a problem where absent. */
  readonly severity?: 'problem' | 'note';
  /** Stable identifier of the rule, kebab-case: tests and accepted findings name it. */
  readonly rule: string;
  /** Path of the element in the model, as `endpoints.131.aggregation`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly at?: Position;
}

/** The data or the flags are wrong: fix the input. Exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
  }
}

/** The error of one problem without a place in a file. */
export const wrongInput = (rule: string, path: string, message: string, hint: string): InputError =>
  new InputError([{ rule, path, message, hint }]);

/** The world could not be read or changed, so the answer is unknown. Exit code 3. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  /** What the reader should do next, one sentence. */
  readonly hint: string | undefined;
  constructor(message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}

/** One line for a terminal, and the hint on a line of its own. */
export function formatProblem({ severity, at, path, rule, message, hint }: Problem): string {
  const where = at === undefined ? path : `${at.file}:${at.line}:${at.column}: ${path}`;
  return `${severity === 'note' ? 'note: ' : ''}${where}: ${message} [${rule}]${hint === undefined ? '' : `\n  hint: ${hint}`}`;
}
