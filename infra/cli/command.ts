import type { Command } from 'commander';
import type { Output, Terminal } from './output.js';
import type { FabricKind } from './realisations.js';

/** 0 fine, 1 problems found, 2 bad input or usage, 3 unknown or not done: the city or the machine could not be read or changed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Everything that a command may know of the process it runs in; `main.ts` fills it from the real one. */
export interface World {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Aborted by Ctrl-C or SIGTERM. A command that takes it promises to stop in order; one that never does is ended at once. */
  interrupted(): AbortSignal;
}

/** What a command gets: its process, and what global flags chose. */
export interface Context extends World {
  /** The realisation whose city the command is about. */
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
