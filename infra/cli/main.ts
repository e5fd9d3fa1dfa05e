#!/usr/bin/env node
import { WorldError } from '../city/problem.js';
import type { World } from './command.js';
import { COMMANDS } from './commands.js';
import { run } from './run.js';

let interruption: AbortController | undefined;

const world: World = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  interrupted: () => {
    interruption ??= abortOnSignal();
    return interruption.signal;
  },
};

/** The first signal asks the command to stop in order, the second ends it as signals do. */
function abortOnSignal(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort(interruptedBy(signal)));
  return controller;
}

const interruptedBy = (signal: string) =>
  new WorldError(`interrupted by ${signal}`, { hint: '`citydc status` shows what stands; run the command again to go on' });

/** The reader of a pipe may leave early (`citydc check | head`), which is no failure of ours; a full disk is one. */
function exitAfterWriting(error?: NodeJS.ErrnoException | null): void {
  process.exit(error && error.code !== 'EPIPE' ? 3 : process.exitCode);
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', exitAfterWriting);

process.exitCode = await run(process.argv.slice(2), COMMANDS, world);
// a pipe may still hold the last words
process.stdout.write('', error => (error ? exitAfterWriting(error) : process.stderr.write('', exitAfterWriting)));
