import type { Command } from 'commander';
import type { Output, Terminal } from './output.js';
import type { FabricKind } from './realisations.js';

/** 0 fine, 1 problems found, 2 bad input or usage, 3 could not tell. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Everything that a command may know of the process it runs in; `main.ts` fills it from the real one. */
export interface World {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Aborted by Ctrl-C or SIGTERM. Asking for it is a promise to stop in order; who never asks is ended at once. */
  interrupted(): AbortSignal;
}

export interface Context extends World {
  /** Where the running city is that a command is about. */
  readonly fabric: FabricKind;
  readonly output: Output;
}

/** Turns a command's function into commander's action; the options object follows the arguments. */
export type Invoke = <A extends readonly unknown[]>(
  run: (context: Context, ...args: A) => Promise<number>,
) => (...args: A) => Promise<void>;

/** What a file under `commands/` exports. */
export interface CommandModule {
  /** Adds arguments, options and `.action(invoke(run))`; subcommands likewise. */
  configure(command: Command, invoke: Invoke): void;
}

/** A row of the table of commands. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  load(): Promise<CommandModule>;
}
