/** Commands inside a host, run through a program of this machine (runc, docker) whose streams they use. */

import { isatty } from 'node:tty';
import { execa } from 'execa';
import type { RunningCommand } from './fabric.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts a command whose input stays open until `end`. */
export function startCommand(host: string, [file = '', ...words]: readonly string[], env: Environment = {}): RunningCommand {
  const child = execa(file, words, { reject: false, stdin: 'pipe', stripFinalNewline: false, buffer: { stdout: false }, env });
  return {
    host,
    lines: child.iterable({ from: 'stdout' }),
    end: async () => {
      child.stdin.end();
      const { exitCode = 1, stderr } = await child;
      return { exitCode, stdout: '', stderr };
    },
  };
}

/** Whether our standard input and output are a terminal: only then may a command have one. */
export const onTerminal = (): boolean => isatty(0) && isatty(1);

/** Runs a command on our own terminal. @returns how it ended, and what it wrote to standard error unless it has a terminal */
export async function attachCommand([file = '', ...words]: readonly string[], tty: boolean, env: Environment = {}) {
  const { exitCode, stderr, code, shortMessage } = await execa(file, words, {
    reject: false,
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: tty ? 'inherit' : ['inherit', 'pipe'],
    env,
  });
  return { exitCode, stderr: stderr ?? '', code, shortMessage };
}

/** Takes a command's lines until it ends or its stream breaks. @returns why it ended: its standard error, or its exit code */
export async function whyEnded(command: RunningCommand, take: (line: string) => void): Promise<string> {
  const read = async () => {
    for await (const line of command.lines) take(line);
  };
  await read().catch(() => undefined);
  return command.end().then(({ exitCode, stderr }) => stderr.trim() || `exit ${exitCode}`, String);
}
